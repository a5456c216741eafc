#include "sharder/report/formats/trace.hpp"

#include <set>

#include "sharder/report/json_text.hpp"

namespace sharder {
namespace {

using TestRecord = RunRecord::TestRecord;
using Attempt = RunRecord::Attempt;

/// Perfetto's names for colours.
std::string_view colour_of(Outcome outcome) {
  if (is_failure(outcome)) return "terrible";
  if (outcome == Outcome::lost) return "bad";
  return outcome == Outcome::skipped ? "grey" : "good";
}

class Writer {
 public:
  explicit Writer(const RunRecord& record) : record_(record) {}

  std::string write() {
    json_.begin_object();
    json_.field("displayTimeUnit", "ms");
    json_.key("traceEvents");
    json_.begin_array();
    name_of("process_name", 0, "sharder " + record_.run().run_id);
    std::set<int> workers;
    for (const TestRecord& test : record_.tests())
      for (const Attempt& attempt : test.attempts) workers.insert(attempt.record.worker);
    for (const int worker : workers) name_of("thread_name", worker, "worker " + std::to_string(worker));
    for (const TestRecord& test : record_.tests())
      for (const Attempt& attempt : test.attempts) slice(test, attempt);
    json_.end_array();
    json_.end_object();
    text_ += '\n';
    return std::move(text_);
  }

 private:
  void name_of(std::string_view what, int worker, const std::string& name) {
    json_.begin_object();
    json_.field("ph", "M");
    json_.field("pid", 1);
    json_.field("tid", worker);
    json_.field("name", what);
    json_.key("args");
    json_.begin_object();
    json_.field("name", name);
    json_.end_object();
    json_.end_object();
  }

  void slice(const TestRecord& test, const Attempt& attempt) {
    const auto since = [&](auto time) {
      return std::chrono::duration_cast<std::chrono::microseconds>(time - record_.started_at()).count();
    };
    json_.begin_object();
    json_.field("ph", "X");
    json_.field("pid", 1);
    json_.field("tid", attempt.record.worker);
    json_.field("ts", since(attempt.started));
    json_.field("dur", since(attempt.finished) - since(attempt.started));
    json_.field("name", test.test->id);
    json_.field("cat", "attempt");
    json_.field("cname", colour_of(attempt.record.outcome));
    json_.key("args");
    json_.begin_object();
    json_.field("attempt", attempt.record.attempt);
    json_.field("outcome", to_string(attempt.record.outcome));
    json_.field("clone", attempt.record.clone);
    json_.field("seconds", attempt.record.duration.count());
    json_.field("cpu_seconds", attempt.record.usage.cpu_seconds);
    json_.field_if_any("message", attempt.record.message);
    json_.end_object();
    json_.end_object();
  }

  const RunRecord& record_;
  std::string text_;
  JsonText json_{text_};
};

}  // namespace

std::string trace_report(const RunRecord& record) {
  return Writer(record).write();
}

}  // namespace sharder
