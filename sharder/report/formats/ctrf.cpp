#include "sharder/report/formats/ctrf.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "sharder/report/json_text.hpp"
#include "sharder/report/timestamp.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using TestRecord = RunRecord::TestRecord;
using Attempt = RunRecord::Attempt;

constexpr std::size_t most_lines = 200;  // of output; all of it is in the attached log

std::string_view status_of(Outcome outcome) {
  if (is_pass(outcome)) return "passed";
  if (is_failure(outcome)) return "failed";
  return outcome == Outcome::skipped ? "skipped" : "other";
}

std::string_view status_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
    case Verdict::flaky:
      return "passed";
    case Verdict::failed:
      return "failed";
    case Verdict::skipped:
      return "skipped";
    case Verdict::lost:
      return "other";
    case Verdict::not_run:
      break;
  }
  return "pending";
}

/// CTRF counts in whole milliseconds.
long long milliseconds(Seconds duration) {
  return std::llround(duration.count() * 1000);
}

class Writer {
 public:
  explicit Writer(const RunRecord& record) : record_(record) {}

  std::string write() {
    json_.begin_object();
    json_.field("reportFormat", "CTRF");
    json_.field("specVersion", "1.0.0");
    json_.field("timestamp", iso_time(record_.ended_at()));
    json_.field("generatedBy", "sharder " + record_.run().version);
    json_.key("results");
    json_.begin_object();
    tool();
    summary();
    json_.key("tests");
    json_.begin_array();
    for (const TestRecord& test : record_.tests()) write_test(test);
    json_.end_array();
    environment();
    json_.end_object();
    json_.end_object();
    text_ += '\n';
    return std::move(text_);
  }

 private:
  void tool() {
    json_.key("tool");
    json_.begin_object();
    json_.field("name", "sharder");
    json_.field_if_any("version", record_.run().version);
    json_.end_object();
  }

  void summary() {
    const Counts counts = record_.counts();
    std::set<std::string> suites;
    for (const TestRecord& test : record_.tests()) suites.insert(test.test->suite);
    json_.key("summary");
    json_.begin_object();
    json_.field("tests", counts.selected);
    json_.field("passed", counts.passed + counts.flaky);
    json_.field("failed", counts.failed);
    json_.field("skipped", counts.skipped);
    json_.field("pending", counts.not_run);
    json_.field("other", counts.lost);
    json_.field("flaky", counts.flaky);
    json_.field("suites", suites.size());
    json_.field("start", unix_milliseconds(record_.started_at()));
    json_.field("stop", unix_milliseconds(record_.ended_at()));
    json_.field("duration", unix_milliseconds(record_.ended_at()) - unix_milliseconds(record_.started_at()));
    run_extra();
    json_.end_object();
  }

  void run_extra() {
    json_.key("extra");
    json_.begin_object();
    json_.field("run_id", record_.run().run_id);
    json_.field("seed", record_.run().seed);
    json_.field("workers", record_.run().workers);
    json_.field("why_workers", record_.run().why_workers);
    json_.field("base", record_.run().base);
    json_.field("user", record_.run().user);
    json_.field("privileged", record_.run().privileged);
    json_.field("command_line", record_.run().command_line);
    part();
    merged();
    if (record_.finished()) {
      json_.field("exit_status", record_.finished()->exit_status);
      json_.field("makespan", record_.finished()->makespan.count());
      json_.field("serial_sum", record_.finished()->serial_sum.count());
      json_.field_if_any("incomplete", record_.finished()->incomplete);
    } else {
      json_.field("incomplete", "the run was killed");
    }
    json_.field_if_any("warnings", record_.warnings());
    json_.end_object();
  }

  /// Of --partition.
  void part() {
    if (record_.run().parts == 0) return;
    json_.field("part", record_.run().part);
    json_.field("parts", record_.run().parts);
    if (record_.divided()) json_.field("division", record_.divided()->division);
  }

  void merged() {
    if (record_.merged().empty()) return;
    json_.key("merged");
    json_.begin_array();
    for (const RunMerged& run : record_.merged()) {
      json_.begin_object();
      json_.field("run_id", run.started.run_id);
      json_.field("host", run.started.host);
      if (run.started.parts > 0) {
        json_.field("part", run.started.part);
        json_.field("parts", run.started.parts);
      }
      json_.field("seed", run.started.seed);
      json_.field("workers", run.started.workers);
      if (run.finished) json_.field("exit_status", run.finished->exit_status);
      json_.end_object();
    }
    json_.end_array();
  }

  void environment() {
    json_.key("environment");
    json_.begin_object();
    json_.field_if_any("appName", record_.run().project);
    json_.field("osPlatform", "linux");
    json_.key("extra");
    json_.begin_object();
    json_.field("host", record_.run().host);
    json_.field("project_directory", record_.run().project_directory);
    json_.end_object();
    json_.end_object();
  }

  void write_test(const TestRecord& test) {
    const Attempt* decisive = test.decisive();
    json_.begin_object();
    json_.field("name", test.test->id);
    json_.field("status", status_of(test.judged()));
    json_.field("duration", decisive == nullptr ? 0LL : milliseconds(decisive->record.duration));
    json_.key("suite");
    json_.begin_array();
    json_.value(test.test->suite.empty() ? std::string("tests") : test.test->suite);
    if (!test.test->program.empty()) json_.value(test.test->program);
    json_.end_array();
    json_.field("rawStatus", to_string(test.judged()));
    json_.field_if_any("tags", test.test->tags);
    if (!test.test->program.empty()) json_.field("filePath", test.test->program);
    if (test.judged() == Verdict::flaky) json_.field("flaky", true);
    if (decisive != nullptr) write_decisive(test, *decisive);
    test_extra(test, decisive);
    json_.end_object();
  }

  void write_decisive(const TestRecord& test, const Attempt& decisive) {
    json_.field("threadId", "worker-" + std::to_string(decisive.record.worker));
    write_evidence(decisive);
    if (test.attempts.size() < 2) return;
    json_.field("retries", test.attempts.size() - 1);
    json_.key("retryAttempts");
    json_.begin_array();
    for (const Attempt& attempt : test.attempts) {
      if (&attempt == &decisive) continue;
      json_.begin_object();
      json_.field("attempt", attempt.record.attempt);
      json_.field("status", status_of(attempt.record.outcome));
      json_.field("duration", milliseconds(attempt.record.duration));
      write_evidence(attempt);
      json_.end_object();
    }
    json_.end_array();
  }

  /// What tests and their retried attempts have in common.
  void write_evidence(const Attempt& attempt) {
    json_.field("start", unix_milliseconds(attempt.started));
    json_.field("stop", unix_milliseconds(attempt.finished));
    json_.field_if_any("message", attempt.record.message);
    json_.field_if_any("trace", attempt.record.details);
    if (!attempt.record.output.empty()) {
      std::vector<std::string> lines = split_lines(attempt.record.output);
      if (lines.size() > most_lines) lines.erase(lines.begin(), lines.end() - most_lines);
      json_.field("stdout", lines);
    }
    if (attempt.log.empty()) return;
    json_.key("attachments");
    json_.begin_array();
    json_.begin_object();
    json_.field("name", "output");
    json_.field("contentType", "text/plain");
    json_.field("path", attempt.log);
    json_.end_object();
    json_.end_array();
  }

  void test_extra(const TestRecord& test, const Attempt* decisive) {
    json_.key("extra");
    json_.begin_object();
    json_.field("verdict", to_string(test.judged()));
    json_.field_if_any("cause", test.cause);
    json_.field_if_any("note", test.note);
    json_.field("suite", test.test->suite);
    json_.field_if_any("program", test.test->program);
    json_.field("name", test.test->name);
    if (decisive != nullptr) {
      json_.field("worker", decisive->record.worker);
      json_.field("outcome", to_string(decisive->record.outcome));
    }
    json_.key("leaks");
    json_.begin_array();
    for (const Attempt& attempt : test.attempts) write_leaks(attempt.record);
    json_.end_array();
    if (decisive != nullptr) {
      json_.field_if_any("wrote", decisive->record.wrote);
      write_cases(decisive->record);
    }
    json_.key("attempts");
    json_.begin_array();
    for (const Attempt& attempt : test.attempts) write_attempt(attempt);
    json_.end_array();
    json_.end_object();
  }

  void write_leaks(const AttemptRecord& record) {
    for (const Leak& leak : record.leaks) {
      json_.begin_object();
      json_.field("attempt", record.attempt);
      json_.field("pid", leak.pid);
      json_.field("command", leak.command);
      json_.end_object();
    }
  }

  void write_cases(const AttemptRecord& record) {
    if (record.cases.empty()) return;
    json_.key("cases");
    json_.begin_array();
    for (const Case& one : record.cases) {
      json_.begin_object();
      json_.field("name", one.name);
      json_.field("outcome", to_string(one.outcome));
      json_.field_if_any("message", one.message);
      json_.end_object();
    }
    json_.end_array();
  }

  void write_attempt(const Attempt& attempt) {
    const AttemptRecord& record = attempt.record;
    json_.begin_object();
    json_.field("attempt", record.attempt);
    json_.field_if_any("run", attempt.run);
    json_.field("outcome", to_string(record.outcome));
    json_.field_if_any("message", record.message);
    json_.field("seconds", record.duration.count());
    json_.field("worker", record.worker);
    json_.field("clone", record.clone);
    json_.field("started", iso_time(attempt.started));
    json_.field("cpu_seconds", record.usage.cpu_seconds);
    json_.field("memory_peak_bytes", record.usage.memory_peak_bytes);
    if (record.usage.out_of_memory) json_.field("out_of_memory", true);
    json_.key("leaks");
    json_.begin_array();
    write_leaks(record);
    json_.end_array();
    json_.field_if_any("wrote", record.wrote);
    json_.field_if_any("log", attempt.log);
    json_.end_object();
  }

  const RunRecord& record_;
  std::string text_;
  JsonText json_{text_};
};

}  // namespace

std::string ctrf_report(const RunRecord& record) {
  return Writer(record).write();
}

}  // namespace sharder
