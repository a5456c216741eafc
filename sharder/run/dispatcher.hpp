// Owns the truth about the tests of a run: what is pending, which attempts were made, what the verdicts are. The only
// writer of attempt and test events. Workers pull from it; it neither starts nor awaits a process.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sharder/plan/lower_bound.hpp"
#include "sharder/plan/plan.hpp"
#include "sharder/plan/queue.hpp"
#include "sharder/plan/retry.hpp"
#include "sharder/plan/ties.hpp"
#include "sharder/run/context.hpp"
#include "sharder/run/notifier.hpp"
#include "sharder/run/recall.hpp"

namespace sharder {

/// What a worker runs next: one test, or several that share a process.
struct Assignment {
  std::vector<TestIndex> tests;  // the first one holds the resources
  bool alone = false;            // a rerun: in a fresh clone of its own
  std::vector<int> attempts;     // of each test, when it was given out
};

/// How one program's processes behave, measured during the run; the size of batches follows from it.
struct LaneStatistics {
  Seconds startup{0}, busy{0};
  int tests = 0;
};

class Dispatcher {
 public:
  /// `tests`, `ties` and `frameworks` outlive the dispatcher. `gate` takes machine-wide locks. Estimates come from
  /// `past`; what an earlier part of the run settled is in `recalled`.
  Dispatcher(RunContext& context, const std::vector<Test>& tests, const Ties& ties,
             const std::map<std::string, Framework>& frameworks, const Past& past, Queue::Gate gate,
             std::function<void(const Test&)> ungate, Recalled recalled = {});

  /// What `worker` can start now, or nothing; then it waits for changed(), unless over().
  std::optional<Assignment> try_next(int worker);
  /// The worker is done with what it was given.
  void release(const Assignment& assignment);
  /// The worker ends and will not come back: what it had not begun is for others. `why` is told where nobody can run
  /// it.
  void abandon(const Assignment& assignment, int worker, const std::string& why);
  /// These did not run; each comes again, in a process of its own, so that a batch that dies costs one test. One
  /// that comes back too often is lost; `last_words` is what its process said.
  void give_back(const std::vector<TestIndex>& tests, const std::string& last_words);

  bool over() const { return draining() || unfinished_ == 0; }
  std::uint64_t version() const { return version_; }
  boost::asio::awaitable<void> changed() { return changed_.wait(); }
  /// Lets all who wait for changed() look again.
  void wake();

  /// Announces an attempt and returns its number.
  int begin_attempt(TestIndex test, int worker, const std::string& clone);
  void output(TestIndex test, int attempt, int worker, const std::string& bytes);
  /// Records it and decides what follows. Every attempt that was begun ends once, unless the run is cancelled.
  void end_attempt(AttemptRecord record);
  int next_attempt(TestIndex test) const { return attempts_begun_[test] + 1; }
  void measured_startup(TestIndex test, Seconds startup);
  /// By suite, the mean of what was measured.
  std::map<std::string, Seconds> process_startup() const;

  /// Set-up and clean-up tests, in this order, of which no clone has told yet how they end, and that were not lost too
  /// often.
  std::vector<TestIndex> owed_fixtures() const;
  /// Gives a verdict to every test that has none. To be called once, when all workers have ended.
  void conclude();
  const Counts& counts() const { return counts_; }
  Seconds serial_sum() const { return serial_sum_; }
  /// When the last test got its verdict; before that, when the dispatcher was made.
  TimePoint last_verdict_at() const { return last_verdict_at_; }
  /// What no scheduler could have beaten, given how long the attempts took; `startup` is the time before the first.
  LowerBound bound(Seconds startup, bool dissolve_locks) const;

  const std::vector<Test>& tests() const { return tests_; }
  const Ties& ties() const { return ties_; }
  const Framework& framework_of(TestIndex test) const { return frameworks_.at(tests_[test].suite); }

 private:
  bool draining() const { return context_.cancellation.draining(); }
  void wait_for_other_runs();
  void watch_pressure();
  bool admitted(TestIndex test, const Queue::Gate& locks);
  std::uint64_t need_of(const Assignment& assignment) const;
  Assignment begun(Assignment assignment);
  BatchLimits batch_limits(TestIndex test);
  bool gets_companions(TestIndex test) const;
  bool is_rerun(TestIndex test) const;
  void decide(TestIndex test);
  void count_failure(TestIndex test);
  /// More failures than rerun_limit allows.
  bool failed_too_often() const;
  void stop_reruns();
  void go_on(Recalled recalled);
  void settle(TestIndex test, Verdict verdict);
  void finish(TestIndex test, Verdict verdict);
  std::vector<Work> work_done() const;
  Verdict verdict_without_more_attempts(TestIndex test) const;

  RunContext& context_;
  const std::vector<Test>& tests_;
  const Ties& ties_;
  const std::map<std::string, Framework>& frameworks_;
  std::function<void(const Test&)> ungate_;
  Plan plan_;
  Queue queue_;
  RetryPolicy retry_;
  bool reruns_stopped_ = false;
  bool blocked_by_other_run_ = false;
  std::vector<int> attempts_begun_;
  std::vector<bool> solo_;  // never again in a batch
  std::vector<int> returns_;
  std::vector<std::vector<Outcome>> outcomes_;
  std::vector<std::optional<Verdict>> verdicts_;
  std::vector<Seconds> durations_;  // of all attempts of a test, which follow one another
  std::vector<Work> fixture_work_;  // a fixture's attempts are in clones beside one another
  std::map<std::pair<std::string, std::string>, LaneStatistics> lanes_;
  std::map<std::string, Seconds> startups_;  // of a suite's processes, in earlier runs
  std::map<std::string, std::pair<Seconds, int>> startup_sums_;  // and in this one
  int unfinished_ = 0, tests_with_failure_ = 0;
  Counts counts_;
  Seconds serial_sum_{0};
  TimePoint begun_, last_verdict_at_;
  std::uint64_t version_ = 0;
  Notifier changed_;
  std::vector<std::uint64_t> needs_;  // memory of each test, in bytes; 0: not known
  std::unique_ptr<Admission> admission_;
  std::unique_ptr<Alarm> other_runs_alarm_;
};

}  // namespace sharder
