#include "sharder/report/run_record.hpp"

#include <algorithm>

#include "sharder/model/bounded_output.hpp"
#include "sharder/model/counts.hpp"
#include "sharder/report/log_files.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

/// Of a failing attempt's output, for the files of results; all of it is in its log. A run in which
/// everything fails keeps less of each, so that ten thousand failures do not fill the memory.
constexpr std::size_t most_output = 64 * 1024;
constexpr std::size_t most_output_in_hard_times = 2 * 1024;
constexpr std::size_t hard_times_from = 64 * 1024 * 1024;

std::string shortened(const std::string& text, std::size_t limit) {
  BoundedOutput bounded(limit);
  bounded.append(text);
  return bounded.text();
}

/// The journal has the whole list.
std::vector<std::string> first_paths(const std::vector<std::string>& paths) {
  constexpr std::size_t most_paths = 50;
  if (paths.size() <= most_paths) return paths;
  std::vector<std::string> first(paths.begin(), paths.begin() + most_paths);
  first.emplace_back("…");
  return first;
}

/// Everything but the texts, which can be large and are not wanted of passing attempts.
AttemptRecord without_texts(const AttemptRecord& record) {
  return {.test = record.test,
          .attempt = record.attempt,
          .worker = record.worker,
          .clone = record.clone,
          .outcome = record.outcome,
          .message = record.message,
          .details = {},
          .duration = record.duration,
          .usage = record.usage,
          .leaks = record.leaks,
          .wrote = first_paths(record.wrote),
          .cases = record.cases,
          .output = {}};
}

}  // namespace

Verdict RunRecord::TestRecord::judged() const {
  if (verdict) return *verdict;
  return attempts.empty() ? Verdict::not_run : Verdict::lost;
}

const RunRecord::Attempt* RunRecord::TestRecord::decisive() const {
  if (attempts.empty()) return nullptr;
  const auto last_with = [&](auto&& wanted) {
    const auto found = std::find_if(attempts.rbegin(), attempts.rend(),
                                    [&](const Attempt& attempt) { return wanted(attempt.record.outcome); });
    return found == attempts.rend() ? &attempts.back() : &*found;
  };
  switch (judged()) {
    case Verdict::passed:
    case Verdict::flaky:
      return last_with(is_pass);
    case Verdict::failed:
      return last_with(is_failure);
    case Verdict::skipped:
      return last_with([](Outcome outcome) { return outcome == Outcome::skipped; });
    case Verdict::lost:
    case Verdict::not_run:
      break;
  }
  return &attempts.back();
}

bool RunRecord::TestRecord::leaked() const {
  return std::any_of(attempts.begin(), attempts.end(),
                     [](const Attempt& attempt) { return !attempt.record.leaks.empty(); });
}

struct RunRecord::Apply {
  RunRecord& run;
  const Event& event;

  void operator()(const RunStarted& started) const {
    // A resumed run goes on under its first start.
    if (run.run_.run_id.empty()) run.started_at_ = event.time;
    run.run_ = started;
    run.finished_.reset();
    run.draining_.clear();
  }
  void operator()(const RunMerged& merged) const { run.merged_.push_back(merged); }
  void operator()(const RunDivided& divided) const {
    if (event.run.empty()) run.divided_ = divided;
  }
  void operator()(const TestListed& listed) const {
    run.tests_.push_back({listed.test, {}, {}, {}, {}});
    run.running_since_.emplace_back();
  }
  void operator()(const AttemptStarted& started) const { run.start_attempt(started, event.time); }
  void operator()(const AttemptFinished& finished) const { run.finish_attempt(finished.record, event); }
  void operator()(const TestFinished& finished) const {
    TestRecord& test = run.at(finished.test);
    test.verdict = finished.verdict;
    test.cause = finished.cause;
    test.note = finished.note;
  }
  void operator()(const CloneLost& lost) const { run.lost_clones_.push_back({lost.clone, lost.reason}); }
  void operator()(const Notice& notice) const {
    if (notice.weight != Notice::Weight::warning) return;
    run.warnings_.push_back(event.run.empty() ? notice.text : event.run + ": " + notice.text);
  }
  void operator()(const Draining& draining) const { run.draining_ = draining.why; }
  void operator()(const RunFinished& finished) const { run.finished_ = finished; }
  void operator()(const BaseReady&) const {}
  void operator()(const SetupFinished&) const {}
  void operator()(const CloneReady&) const {}
  void operator()(const CloneDiscarded&) const {}
  void operator()(const AttemptOutput&) const {}
};

void RunRecord::consume(const Event& event) {
  ended_at_ = event.time;
  std::visit(Apply{*this, event}, event.payload);
}

RunRecord::TestRecord& RunRecord::at(TestIndex test) {
  SHARDER_ASSERT(test < tests_.size());
  return tests_[test];
}

void RunRecord::start_attempt(const AttemptStarted& started, std::chrono::system_clock::time_point when) {
  at(started.test);
  running_since_[started.test] = when;
}

void RunRecord::finish_attempt(const AttemptRecord& record, const Event& event) {
  TestRecord& test = at(record.test);
  Attempt attempt{without_texts(record), running_since_[record.test].value_or(event.time), event.time, {}, event.run};
  running_since_[record.test].reset();
  if (has_log(record)) attempt.log = log_path(test.test->id, record.attempt);
  if (!is_pass(record.outcome) && record.outcome != Outcome::skipped) {
    const std::size_t limit = kept_bytes_ < hard_times_from ? most_output : most_output_in_hard_times;
    attempt.record.output = shortened(record.output, limit);
    attempt.record.details = shortened(record.details, limit);
    kept_bytes_ += attempt.record.output.size() + attempt.record.details.size();
  }
  test.attempts.push_back(std::move(attempt));
}

Counts RunRecord::counts() const {
  Counts counts;
  counts.selected = static_cast<int>(tests_.size());
  for (const TestRecord& test : tests_) count(counts, test.judged());
  return counts;
}

}  // namespace sharder
