// The verbs that look back and ahead: the history of a project, what a run would take, on this machine and on others.
#include "sharder/cli/options_verbs_parts.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using Operands = VerbDescription::Operands;

/// A whole number above 0, small enough for whatever it counts.
bool set_count(std::optional<int>& target, const std::string& value) {
  if (value.empty() || value.size() > 7 || value.find_first_not_of("0123456789") != std::string::npos) return false;
  target = std::stoi(value);
  return *target > 0;
}

Flag text_flag(const std::string& name, const std::string& value, const std::string& help, const std::string& expects,
               bool (*store)(CommandLine&, const std::string&)) {
  return {.name = name, .value = value, .help = help, .expects = expects, .store = store};
}

bool add_widths(CommandLine& line, const std::string& value) {
  for (const std::string& word : split(value, ',')) {
    std::optional<int> width;
    if (!set_count(width, word)) return false;
    line.simulate.workers.push_back(*width);
  }
  return true;
}

VerbDescription plan_verb() {
  return {
      .verb = Verb::plan,
      .words = "plan",
      .usage = "[PATTERN...] [FLAGS] [-- ARGUMENTS]",
      .summary = "says before a run how long it will take, what no scheduler could beat, and the order",
      .text =
          {"Lists the tests in a clone, as `sharder run` with the same patterns and flags would, estimates each from "
           "the history, and plays the run through on a virtual clock. No test is run. With --profile it is played on "
           "other hardware."},
      .flags = shared_flags(
          {"config", "profile-config", "suite", "load-list", "exact", "failed", "partition", "workers", "order", "seed",
           "base", "history", "no-history", "color"},
          {{.name = "profile",
            .value = "NAME",
            .group = "Where to run it",
            .help = "a hardware profile instead of this machine; all: every one (repeatable)",
            .expects = "the name of a hardware profile; sharder profile list shows them",
            .repeatable = true,
            .store =
                [](CommandLine& line, const std::string& value) {
                  line.plan.profiles.push_back(value);
                  return !value.empty();
                }},
           {.name = "top",
            .value = "N",
            .group = "What is printed",
            .help = "how many tests of the order are printed (default 20)",
            .expects = "a whole number above 0",
            .store = [](CommandLine& line, const std::string& value) { return set_count(line.plan.top, value); }}}),
      .operands = Operands::any_number,
      .operand = "PATTERN",
      .store_operand = add_pattern,
      .takes_arguments = true,
      .examples = {{"sharder plan", "the next run of everything, on this machine"},
                   {"sharder plan --profile all", "on every machine that there is a profile of"}},
      .statuses = {70, 2, 75, 5, 4, 0},
  };
}

VerbDescription simulate_verb() {
  return {
      .verb = Verb::simulate,
      .words = "simulate",
      .usage = "(--journal RUN | --history FILE) [FLAGS]",
      .summary = "predicts a run on any number of workers, or on other hardware",
      .text =
          {"Plays a recorded run, or what the history expects of one, through the same engine on a virtual clock. "
           "Nothing is started; it takes no root. Without --journal and --history the project's own history counts."},
      .flags = few_flags({"config", "order", "seed", "history", "color"},
                         {text_flag("journal", "RUN", "the run to replay: its id, its directory, or latest",
                                    "a run's id or directory, or latest",
                                    [](CommandLine& line, const std::string& value) {
                                      return set_text(line.simulate.journal, value);
                                    }),
                          {.name = "workers",
                           .letter = 'j',
                           .value = "N,...",
                           .help = "so many workers (repeatable, or with commas)",
                           .expects = "whole numbers above 0, with commas between them",
                           .repeatable = true,
                           .store = add_widths},
                          {.name = "profile",
                           .value = "NAME",
                           .help = "on this hardware profile; all: on every one (repeatable)",
                           .expects = "the name of a hardware profile; sharder profile list shows them",
                           .repeatable = true,
                           .store =
                               [](CommandLine& line, const std::string& value) {
                                 line.simulate.profiles.push_back(value);
                                 return !value.empty();
                               }},
                          {.name = "locks",
                           .value = "WORD",
                           .help = "honour (default) or dissolve locks and exclusive tests",
                           .choices = {"honour", "dissolve"},
                           .store =
                               [](CommandLine& line, const std::string& value) {
                                 line.simulate.dissolve_locks = value == "dissolve";
                                 return true;
                               }}}),
      .examples = {{"sharder simulate --journal latest --workers 2,4,8,16", "the last run, on more workers"},
                   {"sharder simulate --profile all", "the next run, on every machine that there is a profile of"}},
      .statuses = {70, 2, 0},
  };
}

Flag top_flag() {
  return {.name = "top",
          .value = "N",
          .help = "so many (default 20)",
          .expects = "a whole number above 0",
          .store = [](CommandLine& line, const std::string& value) { return set_count(line.history.top, value); }};
}

VerbDescription history_verb(Verb verb, const std::string& word, const std::string& summary,
                             std::vector<Flag> own = {}) {
  VerbDescription description{.verb = verb,
                              .words = "history " + word,
                              .summary = summary,
                              .text = {"The history is written by every run and read by the next: it knows how long "
                                       "each test takes and how often it failed."},
                              .flags = few_flags({"config", "profile-config", "history", "color"}, std::move(own)),
                              .statuses = {70, 2, 0}};
  description.examples = {{"sharder history " + word, summary}};
  return description;
}

std::vector<VerbDescription> history_verbs() {
  std::vector<VerbDescription> verbs{
      history_verb(Verb::history_slowest, "slowest", "the tests that take longest", {top_flag()}),
      history_verb(Verb::history_flaky, "flaky", "the tests that fail and then pass, worst first", {top_flag()}),
      history_verb(Verb::history_show, "show", "what is known of one test, and its last attempts", {top_flag()}),
      history_verb(Verb::history_import, "import", "takes results of other runners: JUnit, CTRF, subunit"),
      history_verb(Verb::history_export, "export", "every attempt that is known, one JSON object a line"),
      history_verb(Verb::history_prune, "prune", "forgets the attempts of old runs; what was learnt of tests stays",
                   {{.name = "keep",
                     .value = "N",
                     .help = "so many runs stay (default 100)",
                     .expects = "a whole number above 0",
                     .store = [](CommandLine& line,
                                 const std::string& value) { return set_count(line.history.keep, value); }}})};
  VerbDescription& show = verbs[2];
  show.usage = "TEST";
  show.operands = Operands::exactly_one;
  show.operand = "TEST";
  show.store_operand = [](CommandLine& line, const std::string& value) { return set_text(line.history.test, value); };
  show.examples = {{"sharder history show unit/Queue.Pops", "its durations, outcomes and estimate"}};
  VerbDescription& import = verbs[3];
  import.usage = "FILE...";
  import.operands = Operands::any_number;
  import.operand = "FILE";
  import.store_operand = [](CommandLine& line, const std::string& value) {
    line.history.files.push_back(value);
    return !value.empty();
  };
  import.examples = {{"sharder history import build/junit.xml", "start with the durations that your CI wrote"}};
  return verbs;
}

VerbDescription profile_verb(Verb verb, const std::string& word, const std::string& summary) {
  VerbDescription description{.verb = verb,
                              .words = "profile " + word,
                              .summary = summary,
                              .text = {"A hardware profile describes a machine that runs can be planned and simulated "
                                       "on: cores, caches, memory, speed, price, each with its source."},
                              .flags = few_flags({"color"}),
                              .statuses = {70, 2, 0}};
  description.examples = {{"sharder profile " + word, summary}};
  return description;
}

std::vector<VerbDescription> profile_verbs() {
  std::vector<VerbDescription> verbs{
      profile_verb(Verb::profile_detect, "detect", "describes this machine as a profile"),
      profile_verb(Verb::profile_list, "list", "lists the profiles"),
      profile_verb(Verb::profile_show, "show", "prints a profile, and the slots it gives")};
  verbs[0].flags = few_flags(
      {"color"}, {{.name = "output",
                   .letter = 'o',
                   .value = "DIR",
                   .help = "writes the TOML and the topology's XML there, instead of printing the TOML",
                   .expects = "a directory",
                   .store = [](CommandLine& line,
                               const std::string& value) { return set_text(line.profile.output, value); }}});
  verbs[2].usage = "NAME";
  verbs[2].operands = Operands::exactly_one;
  verbs[2].operand = "NAME";
  verbs[2].store_operand = [](CommandLine& line, const std::string& value) {
    return set_text(line.profile.name, value);
  };
  verbs[2].examples = {{"sharder profile show ci", "the machine that sharder's own tests run on"}};
  return verbs;
}

}  // namespace

std::vector<VerbDescription> planning_verbs() {
  std::vector<VerbDescription> verbs{plan_verb(), simulate_verb()};
  for (const auto& more : {history_verbs(), profile_verbs()}) verbs.insert(verbs.end(), more.begin(), more.end());
  return verbs;
}

}  // namespace sharder
