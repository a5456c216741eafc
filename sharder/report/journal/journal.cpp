#include "sharder/report/journal/journal.hpp"

#include <unistd.h>

#include <cerrno>

#include "sharder/report/json_text.hpp"
#include "sharder/report/log_files.hpp"
#include "sharder/report/timestamp.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder {
namespace {

using Tests = std::vector<std::shared_ptr<const Test>>;

/// Of a traceback; the whole of it is in the log.
constexpr std::size_t most_details = 16 * 1024;

const std::string& id_of(const Tests& tests, TestIndex test) {
  SHARDER_ASSERT(test < tests.size());
  return tests[test]->id;
}

/// Writes the fields of one kind of event, after its common ones.
struct Fields {
  JsonText& json;
  const Tests& tests;

  void operator()(const RunStarted& run) const {
    json.field("format", journal_format);
    json.field("run_id", run.run_id);
    json.field("project", run.project);
    json.field("project_directory", run.project_directory);
    json.field("base", run.base);
    json.field("user", run.user);
    json.field("host", run.host);
    json.field("command_line", run.command_line);
    json.field("version", run.version);
    json.field("seed", run.seed);
    json.field("workers", run.workers);
    json.field("why_workers", run.why_workers);
    json.field_if_any("merged", run.merged);
    json.field("privileged", run.privileged);
    if (run.parts > 0) {
      json.field("part", run.part);
      json.field("parts", run.parts);
    }
    if (run.suites.empty()) return;
    json.key("suites");
    json.begin_object();
    for (const auto& [suite, feed] : run.suites) json.field(suite, feed);
    json.end_object();
  }
  void operator()(const RunMerged& run) const {
    (*this)(run.started);
    json.field("ended", iso_time(run.ended));
    if (!run.finished) return;
    json.key("finished");
    json.begin_object();
    (*this)(*run.finished);
    json.end_object();
  }
  void operator()(const BaseReady& base) const {
    json.field("base", base.base);
    json.field("seconds", base.duration.count());
  }
  void operator()(const SetupFinished& setup) const {
    json.field("cached", setup.cached);
    json.field("seconds", setup.duration.count());
  }
  void operator()(const RunDivided& divided) const {
    json.field("division", divided.division);
    json.field("tests", divided.tests);
  }
  void operator()(const TestListed& listed) const {
    write_test(*listed.test);
    json.field_if_any("runs", listed.runs);
  }
  void operator()(const CloneReady& clone) const {
    write_clone(clone.worker, clone.clone);
    json.field("seconds", clone.duration.count());
    if (clone.warm) json.field("warm", true);
  }
  void operator()(const CloneLost& clone) const {
    write_clone(clone.worker, clone.clone);
    json.field("reason", clone.reason);
  }
  void operator()(const CloneDiscarded& clone) const { write_clone(clone.worker, clone.clone); }
  void operator()(const AttemptStarted& started) const {
    json.field("test", id_of(tests, started.test));
    json.field("attempt", started.attempt);
    write_clone(started.worker, started.clone);
  }
  void operator()(const AttemptOutput&) const {}
  void operator()(const AttemptFinished& finished) const { write_attempt(finished.record); }
  void operator()(const TestFinished& finished) const {
    json.field("test", id_of(tests, finished.test));
    json.field("verdict", to_string(finished.verdict));
    json.field("cause", finished.cause);
    json.field_if_any("note", finished.note);
    write_verdicts(finished.runs);
  }
  void operator()(const Notice& notice) const {
    json.field("weight", notice.weight == Notice::Weight::warning ? "warning" : "information");
    json.field("text", notice.text);
  }
  void operator()(const Draining& draining) const { json.field("why", draining.why); }
  void operator()(const RunFinished& run) const {
    json.field("exit_status", run.exit_status);
    json.key("counts");
    json.begin_object();
    json.field("selected", run.counts.selected);
    json.field("passed", run.counts.passed);
    json.field("failed", run.counts.failed);
    json.field("flaky", run.counts.flaky);
    json.field("skipped", run.counts.skipped);
    json.field("lost", run.counts.lost);
    json.field("not-run", run.counts.not_run);
    json.end_object();
    json.field("makespan", run.makespan.count());
    json.field("serial_sum", run.serial_sum.count());
    json.field("startup_seconds", run.startup.count());
    json.field("lower_bound_seconds", run.lower_bound.count());
    json.field_if_any("binding", run.binding);
    if (run.dissolved > Seconds{0}) json.field("dissolved_seconds", run.dissolved.count());
    write_startups(run.process_startup);
    json.field_if_any("incomplete", run.incomplete);
  }

  void write_verdicts(const std::vector<RunVerdict>& verdicts) const {
    if (verdicts.empty()) return;
    json.key("runs");
    json.begin_array();
    for (const RunVerdict& one : verdicts) {
      json.begin_object();
      json.field("run", one.run);
      json.field("verdict", to_string(one.verdict));
      json.field("cause", one.cause);
      json.field_if_any("note", one.note);
      json.end_object();
    }
    json.end_array();
  }
  void write_startups(const std::map<std::string, Seconds>& startups) const {
    if (startups.empty()) return;
    json.key("process_startup_seconds");
    json.begin_object();
    for (const auto& [suite, startup] : startups) json.field(suite, startup.count());
    json.end_object();
  }
  void write_clone(int worker, const std::string& clone) const {
    json.field("worker", worker);
    json.field("clone", clone);
  }

  void write_test(const Test& test) const {
    json.field("test", test.id);
    json.field("suite", test.suite);
    json.field_if_any("program", test.program);
    json.field("name", test.name);
    json.field_if_any("command", test.command);
    json.field_if_any("directory", test.directory);
    if (test.timeout) json.field("timeout", test.timeout->count());
    if (test.exclusive) json.field("exclusive", true);
    json.field_if_any("locks", test.locks);
    if (test.cores != 1) json.field("cores", test.cores);
    json.field_if_any("group", test.group);
    json.field_if_any("tags", test.tags);
    if (test.disabled) json.field("disabled", true);
    json.field_if_any("fixtures_required", test.fixtures_required);
    json.field_if_any("fixtures_setup", test.fixtures_setup);
    json.field_if_any("fixtures_cleanup", test.fixtures_cleanup);
    json.field_if_any("depends", test.depends);
  }

  void write_attempt(const AttemptRecord& record) const {
    const std::string& id = id_of(tests, record.test);
    json.field("test", id);
    json.field("attempt", record.attempt);
    write_clone(record.worker, record.clone);
    json.field("outcome", to_string(record.outcome));
    json.field("seconds", record.duration.count());
    json.field("cpu_seconds", record.usage.cpu_seconds);
    json.field("memory_peak_bytes", record.usage.memory_peak_bytes);
    json.field("memory_bytes", record.usage.memory_bytes);
    if (record.usage.out_of_memory) json.field("out_of_memory", true);
    json.field_if_any("message", record.message);
    if (!record.details.empty())
      json.field("details", std::string_view(record.details).substr(0, most_details));
    write_leaks(record.leaks);
    json.field_if_any("wrote", record.wrote);
    write_cases(record.cases);
    if (has_log(record)) json.field("log", log_path(id, record.attempt));
  }

  void write_leaks(const std::vector<Leak>& leaks) const {
    json.key("leaks");
    json.begin_array();
    for (const Leak& leak : leaks) {
      json.begin_object();
      json.field("pid", leak.pid);
      json.field("command", leak.command);
      json.end_object();
    }
    json.end_array();
  }

  void write_cases(const std::vector<Case>& cases) const {
    if (cases.empty()) return;
    json.key("cases");
    json.begin_array();
    for (const Case& one : cases) {
      json.begin_object();
      json.field("name", one.name);
      json.field("outcome", to_string(one.outcome));
      json.field_if_any("message", one.message);
      json.end_object();
    }
    json.end_array();
  }
};

std::string_view event_name(const EventPayload& payload) {
  struct Name {
    std::string_view operator()(const RunStarted&) const { return "run.started"; }
    std::string_view operator()(const RunMerged&) const { return "run.merged"; }
    std::string_view operator()(const BaseReady&) const { return "base.ready"; }
    std::string_view operator()(const SetupFinished&) const { return "setup.finished"; }
    std::string_view operator()(const RunDivided&) const { return "run.divided"; }
    std::string_view operator()(const TestListed&) const { return "test.listed"; }
    std::string_view operator()(const CloneReady&) const { return "clone.ready"; }
    std::string_view operator()(const CloneLost&) const { return "clone.lost"; }
    std::string_view operator()(const CloneDiscarded&) const { return "clone.discarded"; }
    std::string_view operator()(const AttemptStarted&) const { return "attempt.started"; }
    std::string_view operator()(const AttemptOutput&) const { return "attempt.output"; }
    std::string_view operator()(const AttemptFinished&) const { return "attempt.finished"; }
    std::string_view operator()(const TestFinished&) const { return "test.finished"; }
    std::string_view operator()(const Notice&) const { return "notice"; }
    std::string_view operator()(const Draining&) const { return "run.draining"; }
    std::string_view operator()(const RunFinished&) const { return "run.finished"; }
  };
  return std::visit(Name{}, payload);
}

/// Events that may wait a moment for company: a kill that loses them loses nothing a resumed run needs.
bool may_wait(const EventPayload& payload) {
  // A pass is followed by its verdict in the same turn of the loop.
  const auto* attempt = std::get_if<AttemptFinished>(&payload);
  if (attempt != nullptr && is_pass(attempt->record.outcome)) return true;
  return std::holds_alternative<AttemptStarted>(payload) || std::holds_alternative<TestListed>(payload) ||
         std::holds_alternative<CloneDiscarded>(payload);
}

void cut_torn_line(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return;
  const std::string text = read_file_if_any(path).value_or("");
  const std::size_t whole = text.rfind('\n') + 1;  // 0 where there is no line at all
  if (whole < text.size() && ::truncate(path.c_str(), static_cast<off_t>(whole)) != 0)
    throw SystemError("cut the torn last line of " + path.string(), errno);
}

/// The path, once it can be gone on with.
const std::filesystem::path& mended(const std::filesystem::path& path) {
  cut_torn_line(path);
  return path;
}

}  // namespace

void append_journal_line(std::string& out, const Event& event, const Tests& tests) {
  if (std::holds_alternative<AttemptOutput>(event.payload)) return;
  JsonText json(out);
  json.begin_object();
  json.field("seq", event.sequence);
  json.field("time", iso_time(event.time));
  json.field("elapsed", event.elapsed.count());
  json.field("event", event_name(event.payload));
  json.field_if_any("run", event.run);
  std::visit(Fields{json, tests}, event.payload);
  json.end_object();
  out += '\n';
}

Journal::Journal(const std::filesystem::path& path) : sink_(mended(path), FileSink::Mode::append) {}

void Journal::consume(const Event& event) {
  constexpr std::size_t most_held_back = 64 * 1024;
  constexpr Seconds longest_wait{0.05};
  if (const auto* listed = std::get_if<TestListed>(&event.payload)) tests_.push_back(listed->test);
  if (buffer_.empty()) oldest_ = event.elapsed;
  append_journal_line(buffer_, event, tests_);
  if (!may_wait(event.payload) || buffer_.size() >= most_held_back || event.elapsed - oldest_ >= longest_wait)
    flush();
}

void Journal::flush() {
  if (!buffer_.empty()) sink_.write(buffer_);
  buffer_.clear();
}

std::string Journal::finish() {
  flush();
  return sink_.trouble();
}

}  // namespace sharder
