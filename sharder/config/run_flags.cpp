// The table of `run`'s flags. Help texts are wrapped by the printer.
#include <limits>

#include "sharder/config/flag.hpp"
#include "sharder/config/values.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr int most_reruns = 1000;
constexpr int most_failures = 1'000'000;

template <typename Value>
bool keep(std::optional<Value>& target, std::optional<Value> value) {
  if (!value) return false;
  target = std::move(value);
  return true;
}

// Each makes the `store` of a flag whose value belongs into `member`.

template <auto member>
bool store_text(CommandLine& line, const std::string& value) {
  if (value.empty()) return false;
  line.options.*member = value;
  return true;
}

template <auto member, std::uint64_t lowest, std::uint64_t highest>
bool store_number(CommandLine& line, const std::string& value) {
  const std::optional<std::uint64_t> number = parse_number(value, lowest, highest);
  if (!number) return false;
  line.options.*member = static_cast<int>(*number);
  return true;
}

/// A count of failures, 1 where none is given.
template <auto member>
bool store_failures(CommandLine& line, const std::string& value) {
  return store_number<member, 1, most_failures>(line, value.empty() ? "1" : value);
}

template <auto member>
bool store_time(CommandLine& line, const std::string& value) {
  const std::optional<Seconds> span = parse_duration(value);
  return span && span->count() > 0 && keep(line.options.*member, span);
}

/// A flag without value is on; a variable may say no.
template <auto member>
bool store_switch(CommandLine& line, const std::string& value) {
  const std::optional<bool> on = value.empty() ? true : parse_switch(value);
  line.options.*member = on.value_or(false);
  return on.has_value();
}

template <auto member, auto parse>
bool store_parsed(CommandLine& line, const std::string& value) {
  return keep(line.options.*member, parse(value));
}

template <auto member, const auto* words>
bool store_word(CommandLine& line, const std::string& value) {
  return keep(line.options.*member, value_of(*words, value));
}

std::optional<std::uint64_t> parse_seed(const std::string& text) {
  return parse_number(text, 0, std::numeric_limits<std::uint64_t>::max());
}

std::optional<std::string> parse_diagnose(const std::string& text) {
  if (text != "auto" && text != "off" && !parse_number(text, 0, most_failures)) return std::nullopt;
  return text;
}

std::optional<bool> parse_no_tests(const std::string& text) {
  return text == "fail";
}

constexpr const char* a_time = "a time above zero such as 90s, 10m or 2h";
constexpr const char* a_file = "a file";
constexpr const char* a_file_or_dash = "a file, or - for standard output";

constexpr const char* which = "Which tests";
std::vector<Flag> selection_flags() {
  return {
      {.name = "config",
       .letter = 'C',
       .value = "FILE",
       .group = which,
       .help = "the sharder.toml to read; default: searched upwards from the working directory",
       .expects = a_file,
       .store = store_text<&RunOptions::config>},
      {.name = "profile-config",
       .value = "NAME",
       .group = which,
       .help = "puts [profile.NAME] of sharder.toml in force",
       .expects = "the name of a [profile.NAME]",
       .store = store_text<&RunOptions::profile>},
      {.name = "suite",
       .value = "NAME",
       .group = which,
       .help = "only this suite (repeatable)",
       .expects = "the name of a [suite.NAME]",
       .repeatable = true,
       .store =
           [](CommandLine& line, const std::string& value) {
             line.options.suites.push_back(value);
             return !value.empty();
           }},
      {.name = "load-list",
       .value = "FILE",
       .group = which,
       .help = "only the tests of FILE, one id a line, - for standard input; an unknown id is an error",
       .expects = "a file, or - for standard input",
       .store = store_text<&RunOptions::load_list>},
      {.name = "exact",
       .group = which,
       .help = "PATTERN is a whole id",
       .expects = "yes or no",
       .store = store_switch<&RunOptions::exact>},
      {.name = "failed",
       .group = which,
       .help = "only what did not pass in the last run",
       .expects = "yes or no",
       .store = store_switch<&RunOptions::failed>},
      {.name = "partition",
       .value = "K/N",
       .group = which,
       .help = "the Kth of N parts, balanced by estimate; for one suite on several machines",
       .expects = "K/N with K from 1 to N, such as 2/4",
       .store = store_parsed<&RunOptions::partition, parse_partition>},
  };
}

constexpr const char* how = "How they run";
std::vector<Flag> running_flags() {
  return {
      {.name = "workers",
       .letter = 'j',
       .value = "N|auto|50%",
       .group = how,
       .help = "how many clones work at once; auto (the default) asks topology, affinity, quota and memory",
       .expects = "auto, a number from 1, or a share of the cores such as 50%",
       .store = store_parsed<&RunOptions::workers, parse_workers>},
      {.name = "order",
       .value = "ORDER",
       .group = how,
       .help = "auto (longest first), listed, reverse or shuffle",
       .choices = {"auto", "listed", "reverse", "shuffle"},
       .store = store_text<&RunOptions::order>},
      {.name = "seed",
       .value = "N",
       .group = how,
       .help = "of the shuffle and of everything else that is drawn; always printed",
       .expects = "a number from 0",
       .store = store_parsed<&RunOptions::seed, parse_seed>},
      {.name = "timeout",
       .value = "TIME",
       .group = how,
       .help = "of one test; stronger than any [[override]]",
       .expects = a_time,
       .store = store_time<&RunOptions::timeout>},
      {.name = "timeout-factor",
       .value = "X",
       .group = how,
       .help = "multiplies every timeout; for slow machines and instrumented builds",
       .expects = "a number above zero such as 2.5",
       .store = store_parsed<&RunOptions::timeout_factor, parse_factor>},
      {.name = "deadline",
       .value = "TIME",
       .group = how,
       .help = "of the whole run; what has not run by then is reported as not run (exit status 3)",
       .expects = a_time,
       .store = store_time<&RunOptions::deadline>},
      {.name = "fresh",
       .value = "UNIT",
       .group = how,
       .help = "how long files, processes and IPC live: auto, test, batch, worker or clone",
       .choices = words_of(freshness_words),
       .store = store_word<&RunOptions::fresh, &freshness_words>},
      {.name = "base",
       .value = "NAME",
       .group = how,
       .help = "what is cloned: host (this machine) or a base of `sharder base list`",
       .expects = "host or the name of a base",
       .store = store_text<&RunOptions::base>},
      {.name = "resume",
       .value = "RUN",
       .group = how,
       .help = "goes on with what has no verdict yet in RUN, a run id or a run's directory",
       .expects = "a run id or a run's directory",
       .store = store_text<&RunOptions::resume>},
  };
}

constexpr const char* failing = "When tests fail";
std::vector<Flag> failure_flags() {
  return {
      {.name = "reruns",
       .value = "N",
       .group = failing,
       .help = "at most N reruns of a failing test, each in a fresh clone (default 3; 0: none)",
       .expects = "a number from 0 to 1000",
       .store = store_number<&RunOptions::reruns, 0, most_reruns>},
      {.name = "flaky",
       .value = "POLICY",
       .group = failing,
       .help = "what a flaky test makes of the run: pass (default), warn (exit status 6) or fail",
       .choices = words_of(flaky_words),
       .store = store_word<&RunOptions::flaky, &flaky_words>},
      {.name = "no-tests",
       .value = "POLICY",
       .group = failing,
       .help = "what an empty selection makes of the run: pass or fail (default, exit status 4)",
       .choices = {"pass", "fail"},
       .store = store_parsed<&RunOptions::no_tests_fail, parse_no_tests>},
      {.name = "fail-fast",
       .value = "[=N]",
       .group = failing,
       .help = "starts nothing new after the first failure, or after N",
       .expects = "a number from 1",
       .store = store_failures<&RunOptions::fail_fast>},
      {.name = "hold-on-fail",
       .value = "[=N]",
       .group = failing,
       .help = "keeps the clones of the first N failures (1), frozen, for `sharder shell`",
       .expects = "a number from 1",
       .store = store_failures<&RunOptions::hold_on_fail>},
      {.name = "diagnose",
       .value = "auto|off|N",
       .group = failing,
       .help = "how many experiments may be spent on the causes of failures",
       .expects = "auto, off or a number",
       .store = store_parsed<&RunOptions::diagnose, parse_diagnose>},
  };
}

constexpr const char* results = "Results";
std::vector<Flag> copy_flags() {
  return {
      {.name = "junit",
       .value = "FILE",
       .group = results,
       .help = "a copy of junit.xml; - for standard output",
       .expects = a_file_or_dash,
       .store = store_text<&RunOptions::junit>},
      {.name = "ctrf",
       .value = "FILE",
       .group = results,
       .help = "a copy of results.json",
       .expects = a_file_or_dash,
       .store = store_text<&RunOptions::ctrf>},
      {.name = "subunit",
       .value = "FILE",
       .group = results,
       .help = "subunit v2, as the run goes",
       .expects = a_file_or_dash,
       .store = store_text<&RunOptions::subunit>},
      {.name = "subunit1",
       .value = "FILE",
       .group = results,
       .help = "subunit v1, which buildbot reads",
       .expects = a_file_or_dash,
       .store = store_text<&RunOptions::subunit1>},
      {.name = "trace",
       .value = "FILE",
       .group = results,
       .help = "a copy of trace.json, for Perfetto",
       .expects = a_file_or_dash,
       .store = store_text<&RunOptions::trace>},
  };
}

std::vector<Flag> event_flags() {
  return {
      {.name = "events",
       .value = "URL",
       .group = results,
       .help = "mirrors the stream of events: mqtt://host:port/prefix, mqtts:, or a file; - for standard output",
       .expects = "a URL or a file",
       .store = store_text<&RunOptions::events>},
      {.name = "events-credentials",
       .value = "FILE",
       .group = results,
       .help = "user and password for the broker, a line each; readable by its owner alone",
       .expects = a_file,
       .store = store_text<&RunOptions::events_credentials>},
      {.name = "events-ca",
       .value = "FILE",
       .group = results,
       .help = "certificates (PEM) that vouch for the broker of mqtts:; default: those the system trusts",
       .expects = a_file,
       .store = store_text<&RunOptions::events_ca>},
      {.name = "events-certificate",
       .value = "FILE",
       .group = results,
       .help = "a certificate and its key (PEM) to show the broker of mqtts:; readable by its owner alone",
       .expects = a_file,
       .store = store_text<&RunOptions::events_certificate>},
  };
}

std::vector<Flag> output_flags() {
  return {
      {.name = "output",
       .letter = 'o',
       .value = "DIR",
       .group = results,
       .help = "the run's directory; default: .sharder/runs/<run id> beside sharder.toml",
       .expects = "a directory",
       .store = store_text<&RunOptions::output>},
      {.name = "progress",
       .value = "KIND",
       .group = results,
       .help = "auto (a bar on a terminal, else lines), bar, lines or none",
       .choices = {"auto", "bar", "lines", "none"},
       .store = store_text<&RunOptions::progress>},
      {.name = "output-on-failure",
       .value = "WHEN",
       .group = results,
       .help = "when the output of a failing test is shown: immediate, final (default) or never",
       .choices = {"immediate", "final", "never"},
       .store = store_text<&RunOptions::output_on_failure>},
      {.name = "color",
       .value = "WHEN",
       .group = results,
       .help = "auto, always or never; NO_COLOR means never",
       .choices = {"auto", "always", "never"},
       .store = store_text<&RunOptions::color>},
      {.name = "history",
       .value = "FILE",
       .group = results,
       .help = "the database of durations and verdicts",
       .expects = a_file,
       .store = store_text<&RunOptions::history>},
      {.name = "no-history",
       .group = results,
       .help = "neither read nor write the history",
       .expects = "yes or no",
       .store = store_switch<&RunOptions::no_history>},
  };
}

}  // namespace

const std::vector<Flag>& run_flags() {
  static const std::vector<Flag> flags = [] {
    std::vector<Flag> all = selection_flags();
    for (const auto& part : {running_flags(), failure_flags(), output_flags(), copy_flags(), event_flags()})
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return flags;
}

}  // namespace sharder
