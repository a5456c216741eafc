#include "sharder/report/journal/journal_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <concepts>
#include <cstdio>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>
#include <utility>

#include "sharder/report/log_files.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder {
namespace {

using Json = nlohmann::json;

/// A field of an object, or what stands for it where it is absent or of another type.
std::string text_of(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

double decimal_of(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_number() ? found->get<double>() : 0;
}

/// A whole number; one that the type cannot hold is as good as none.
template <std::integral Number>
Number number_of(const Json& json, const char* name, Number otherwise = 0) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number_integer()) return otherwise;
  if (found->is_number_unsigned()) {
    const auto value = found->get<std::uint64_t>();
    return std::in_range<Number>(value) ? static_cast<Number>(value) : otherwise;
  }
  const auto value = found->get<std::int64_t>();
  return std::in_range<Number>(value) ? static_cast<Number>(value) : otherwise;
}

/// Seconds within what a run can take: what counts in nanoseconds cannot hold more than three centuries.
Seconds seconds_of(const Json& json, const char* name) {
  constexpr double century = 3.2e9;
  return Seconds(std::clamp(decimal_of(json, name), 0.0, century));
}

bool truth_of(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_boolean() && found->get<bool>();
}

std::vector<std::string> texts_of(const Json& json, const char* name) {
  std::vector<std::string> texts;
  const auto found = json.find(name);
  if (found == json.end() || !found->is_array()) return texts;
  for (const Json& text : *found)
    if (text.is_string()) texts.push_back(text.get<std::string>());
  return texts;
}

/// Not copies: they recurse as deeply as the JSON is nested.
std::vector<const Json*> objects_of(const Json& json, const char* name) {
  std::vector<const Json*> objects;
  const auto found = json.find(name);
  if (found == json.end() || !found->is_array()) return objects;
  for (const Json& object : *found)
    if (object.is_object()) objects.push_back(&object);
  return objects;
}

/// As iso_time() writes it; the epoch for anything else.
std::chrono::system_clock::time_point parse_time(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0, micros = 0;
  if (std::sscanf(text.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u.%6uZ", &year, &month, &day, &hour, &minute, &second,
                  &micros) != 7)
    return {};
  // What the clock's nanoseconds can hold ends in 2262.
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok() || year < 1970 || year > 2200 || hour > 23 || minute > 59 || second > 59) return {};
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + std::chrono::microseconds(micros);
}

class Reader {
 public:
  /// Nothing for a line that is to be passed over.
  std::optional<Event> read(std::string_view line);
  std::size_t bad_lines() const { return bad_lines_; }
  std::uint64_t last_sequence() const { return last_sequence_; }

 private:
  using Read = EventPayload (Reader::*)(const Json&);

  EventPayload run_started(const Json& json) { return start_of(json); }
  EventPayload run_merged(const Json& json);
  EventPayload base_ready(const Json& json) {
    return BaseReady{text_of(json, "base"), seconds_of(json, "seconds")};
  }
  EventPayload setup_finished(const Json& json) {
    return SetupFinished{truth_of(json, "cached"), seconds_of(json, "seconds")};
  }
  EventPayload run_divided(const Json& json) {
    return RunDivided{text_of(json, "division"), number_of<std::size_t>(json, "tests")};
  }
  EventPayload test_listed(const Json& json);
  EventPayload clone_ready(const Json& json) {
    return CloneReady{number_of<int>(json, "worker"), text_of(json, "clone"), seconds_of(json, "seconds"),
                      truth_of(json, "warm")};
  }
  EventPayload clone_lost(const Json& json) {
    return CloneLost{number_of<int>(json, "worker"), text_of(json, "clone"), text_of(json, "reason")};
  }
  EventPayload clone_discarded(const Json& json) {
    return CloneDiscarded{number_of<int>(json, "worker"), text_of(json, "clone")};
  }
  EventPayload attempt_started(const Json& json) {
    return AttemptStarted{test_index(json), number_of<int>(json, "attempt", 1),
                          number_of<int>(json, "worker"), text_of(json, "clone")};
  }
  EventPayload attempt_finished(const Json& json);
  EventPayload test_finished(const Json& json);
  EventPayload notice(const Json& json) {
    const bool warning = text_of(json, "weight") == "warning";
    return Notice{warning ? Notice::Weight::warning : Notice::Weight::information, text_of(json, "text")};
  }
  EventPayload draining(const Json& json) { return Draining{text_of(json, "why")}; }
  EventPayload run_finished(const Json& json) { return end_of(json); }

  static RunStarted start_of(const Json& json);
  static RunFinished end_of(const Json& json);
  TestIndex test_index(const Json& json) const;
  static const std::map<std::string, Read>& readers();

  std::unordered_map<std::string, TestIndex> tests_;
  std::size_t bad_lines_ = 0;
  std::uint64_t last_sequence_ = 0;
};

/// A line that makes no sense; never leaves this file.
struct BadLine {};

const std::map<std::string, Reader::Read>& Reader::readers() {
  static const std::map<std::string, Read> table{{"run.started", &Reader::run_started},
                                                 {"run.merged", &Reader::run_merged},
                                                 {"base.ready", &Reader::base_ready},
                                                 {"setup.finished", &Reader::setup_finished},
                                                 {"run.divided", &Reader::run_divided},
                                                 {"test.listed", &Reader::test_listed},
                                                 {"clone.ready", &Reader::clone_ready},
                                                 {"clone.lost", &Reader::clone_lost},
                                                 {"clone.discarded", &Reader::clone_discarded},
                                                 {"attempt.started", &Reader::attempt_started},
                                                 {"attempt.finished", &Reader::attempt_finished},
                                                 {"test.finished", &Reader::test_finished},
                                                 {"notice", &Reader::notice},
                                                 {"run.draining", &Reader::draining},
                                                 {"run.finished", &Reader::run_finished}};
  return table;
}

std::optional<Event> Reader::read(std::string_view line) {
  if (line.empty()) return std::nullopt;
  const Json json = Json::parse(line, nullptr, false);
  const auto reader = json.is_object() ? readers().find(text_of(json, "event")) : readers().end();
  if (reader == readers().end()) {
    ++bad_lines_;
    return std::nullopt;
  }
  last_sequence_ = std::max(last_sequence_, number_of<std::uint64_t>(json, "seq"));
  if (reader->first == "test.listed" && tests_.count(text_of(json, "test")) != 0) return std::nullopt;
  try {
    Event event;
    event.sequence = number_of<std::uint64_t>(json, "seq");
    event.time = parse_time(text_of(json, "time"));
    event.elapsed = seconds_of(json, "elapsed");
    event.payload = (this->*reader->second)(json);
    event.run = text_of(json, "run");
    return event;
  } catch (const BadLine&) {
    ++bad_lines_;
    return std::nullopt;
  }
}

TestIndex Reader::test_index(const Json& json) const {
  const auto found = tests_.find(text_of(json, "test"));
  if (found == tests_.end()) throw BadLine{};
  return found->second;
}

RunStarted Reader::start_of(const Json& json) {
  RunStarted run;
  run.run_id = text_of(json, "run_id");
  run.project = text_of(json, "project");
  run.project_directory = text_of(json, "project_directory");
  run.base = text_of(json, "base");
  run.user = text_of(json, "user");
  run.host = text_of(json, "host");
  run.command_line = text_of(json, "command_line");
  run.version = text_of(json, "version");
  run.seed = number_of<std::uint64_t>(json, "seed");
  run.workers = number_of<int>(json, "workers");
  run.why_workers = text_of(json, "why_workers");
  run.privileged = truth_of(json, "privileged");
  run.merged = texts_of(json, "merged");
  run.part = number_of<int>(json, "part");
  run.parts = number_of<int>(json, "parts");
  if (const auto suites = json.find("suites"); suites != json.end() && suites->is_object())
    for (const auto& [suite, feed] : suites->items()) run.suites[suite] = text_of(*suites, suite.c_str());
  return run;
}

EventPayload Reader::run_merged(const Json& json) {
  RunMerged run{start_of(json), {}, parse_time(text_of(json, "ended"))};
  if (const auto end = json.find("finished"); end != json.end() && end->is_object()) run.finished = end_of(*end);
  return run;
}

EventPayload Reader::test_listed(const Json& json) {
  auto test = std::make_shared<Test>();
  test->id = text_of(json, "test");
  if (test->id.empty()) throw BadLine{};
  test->suite = text_of(json, "suite");
  test->program = text_of(json, "program");
  test->name = text_of(json, "name");
  test->command = texts_of(json, "command");
  test->directory = text_of(json, "directory");
  if (json.contains("timeout")) test->timeout = seconds_of(json, "timeout");
  test->exclusive = truth_of(json, "exclusive");
  test->locks = texts_of(json, "locks");
  test->cores = number_of<int>(json, "cores", 1);
  test->group = text_of(json, "group");
  test->tags = texts_of(json, "tags");
  test->disabled = truth_of(json, "disabled");
  test->fixtures_required = texts_of(json, "fixtures_required");
  test->fixtures_setup = texts_of(json, "fixtures_setup");
  test->fixtures_cleanup = texts_of(json, "fixtures_cleanup");
  test->depends = texts_of(json, "depends");
  tests_.emplace(test->id, tests_.size());
  return TestListed{std::move(test), texts_of(json, "runs")};
}

Outcome outcome_of(const Json& json) {
  const std::optional<Outcome> outcome = outcome_from(text_of(json, "outcome"));
  if (!outcome) throw BadLine{};
  return *outcome;
}

EventPayload Reader::attempt_finished(const Json& json) {
  AttemptRecord record;
  record.test = test_index(json);
  record.attempt = number_of<int>(json, "attempt", 1);
  record.worker = number_of<int>(json, "worker");
  record.clone = text_of(json, "clone");
  record.outcome = outcome_of(json);
  record.message = text_of(json, "message");
  record.details = text_of(json, "details");
  record.duration = seconds_of(json, "seconds");
  record.usage.cpu_seconds = decimal_of(json, "cpu_seconds");
  record.usage.memory_peak_bytes = number_of<std::uint64_t>(json, "memory_peak_bytes");
  record.usage.memory_bytes = number_of<std::uint64_t>(json, "memory_bytes");
  record.usage.out_of_memory = truth_of(json, "out_of_memory");
  for (const Json* leak : objects_of(json, "leaks"))
    record.leaks.push_back({number_of<int>(*leak, "pid"), text_of(*leak, "command")});
  record.wrote = texts_of(json, "wrote");
  for (const Json* one : objects_of(json, "cases"))
    record.cases.push_back({text_of(*one, "name"), outcome_of(*one), text_of(*one, "message")});
  return AttemptFinished{std::move(record)};
}

Verdict verdict_of(const Json& json) {
  const std::optional<Verdict> verdict = verdict_from(text_of(json, "verdict"));
  if (!verdict) throw BadLine{};
  return *verdict;
}

EventPayload Reader::test_finished(const Json& json) {
  TestFinished finished{test_index(json), verdict_of(json), text_of(json, "cause"), text_of(json, "note")};
  for (const Json* run : objects_of(json, "runs"))
    finished.runs.push_back({text_of(*run, "run"), verdict_of(*run), text_of(*run, "cause"), text_of(*run, "note")});
  return finished;
}

RunFinished Reader::end_of(const Json& json) {
  RunFinished run;
  run.exit_status = number_of<int>(json, "exit_status", 70);
  if (const auto counts = json.find("counts"); counts != json.end() && counts->is_object()) {
    run.counts = {number_of<int>(*counts, "selected"), number_of<int>(*counts, "passed"),
                  number_of<int>(*counts, "failed"),   number_of<int>(*counts, "flaky"),
                  number_of<int>(*counts, "skipped"),  number_of<int>(*counts, "lost"),
                  number_of<int>(*counts, "not-run")};
  }
  run.makespan = seconds_of(json, "makespan");
  run.serial_sum = seconds_of(json, "serial_sum");
  run.startup = seconds_of(json, "startup_seconds");
  run.lower_bound = seconds_of(json, "lower_bound_seconds");
  run.binding = text_of(json, "binding");
  run.dissolved = seconds_of(json, "dissolved_seconds");
  if (const auto startups = json.find("process_startup_seconds"); startups != json.end() && startups->is_object())
    for (const auto& [suite, value] : startups->items())
      run.process_startup[suite] = seconds_of(*startups, suite.c_str());
  run.incomplete = text_of(json, "incomplete");
  return run;
}

/// The format that the journal says it has, or ours where its first line is not there.
int format_of(std::string_view text) {
  const Json json = Json::parse(text.substr(0, text.find('\n')), nullptr, false);
  return json.is_object() ? number_of<int>(json, "format", journal_format) : journal_format;
}

}  // namespace

JournalContent parse_journal(std::string_view text) {
  JournalContent content;
  Reader reader;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (std::optional<Event> event = reader.read(text.substr(0, end)))
      content.events.push_back(std::move(*event));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  content.bad_lines = reader.bad_lines();
  content.last_sequence = reader.last_sequence();
  return content;
}

JournalContent read_journal_content(const std::filesystem::path& path) {
  const std::string text = read_file(path);
  if (const int format = format_of(text); format > journal_format)
    throw ConfigError(
        fmt::format("{} is of format {}, this sharder reads up to {}", path.string(), format, journal_format),
        "read it with the sharder that wrote it");
  return parse_journal(text);
}

std::vector<Event> read_journal(const std::filesystem::path& path) { return read_journal_content(path).events; }

JournalContent read_run(const std::filesystem::path& directory) {
  JournalContent content = read_journal_content(directory / "journal.ndjson");
  std::vector<const Test*> tests;
  for (Event& event : content.events) {
    if (const auto* listed = std::get_if<TestListed>(&event.payload)) tests.push_back(listed->test.get());
    auto* finished = std::get_if<AttemptFinished>(&event.payload);
    if (finished == nullptr) continue;
    AttemptRecord& record = finished->record;
    const std::string log = log_path(tests[record.test]->id, record.attempt);
    record.output = read_file_if_any(directory / log).value_or("");
  }
  return content;
}

}  // namespace sharder
