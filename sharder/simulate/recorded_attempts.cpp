#include "sharder/simulate/recorded_attempts.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace sharder {
namespace {

struct WorkerState {
  Seconds free{0};
  Seconds told{0};  // when its last attempt ended
  std::string suite;
  std::size_t last = RecordedAttempt::none;
  Seconds clone{0};
  bool ready = false, busy = false;
};

/// When tests that keep others from starting last ended.
class Obstacles {
 public:
  /// The earliest time at which nothing that has ended by now stood in the way of `test`.
  Seconds cleared(const Test& test) const {
    Seconds since = special_;
    if (test.exclusive || test.cores > 1) since = std::max(since, any_);
    for (const std::string& lock : test.locks)
      if (const auto found = locks_.find(lock); found != locks_.end()) since = std::max(since, found->second);
    return since;
  }
  void ended(const Test& test, Seconds when) {
    any_ = when;
    if (test.exclusive || test.cores > 1) special_ = when;
    for (const std::string& lock : test.locks) locks_[lock] = when;
  }

 private:
  Seconds any_{0}, special_{0};
  std::map<std::string, Seconds> locks_;
};

class Recorder {
 public:
  Recording take() { return std::move(recording_); }

  void consume(const Event& event) {
    if (const auto* started = std::get_if<RunStarted>(&event.payload)) begin(*started, event.elapsed);
    now_ = event.elapsed - begun_;
    if (const auto* listed = std::get_if<TestListed>(&event.payload)) {
      recording_.tests.push_back(listed->test);
      recording_.planned = now_;
    }
    if (const auto* ready = std::get_if<CloneReady>(&event.payload)) clone_ready(*ready);
    if (const auto* started = std::get_if<AttemptStarted>(&event.payload)) attempt_started(*started);
    if (const auto* finished = std::get_if<AttemptFinished>(&event.payload)) attempt_finished(finished->record);
    if (const auto* end = std::get_if<RunFinished>(&event.payload)) recording_.finished = *end;
  }

  void conclude() {
    if (later_clones_ > 0) recording_.later_clones /= later_clones_;
  }

 private:
  void begin(const RunStarted& started, Seconds elapsed) {
    // Of an earlier part of a resumed run only the list stays.
    std::vector<std::shared_ptr<const Test>> tests = std::move(recording_.tests);
    *this = Recorder();
    recording_.tests = std::move(tests);
    recording_.started = started;
    begun_ = elapsed;
  }

  void clone_ready(const CloneReady& ready) {
    WorkerState& worker = workers_[ready.worker];
    if (worker.ready) {
      recording_.later_clones += ready.duration;
      ++later_clones_;
      // Its own cost, not the test's; none where a spare one got ready beside a running test.
      if (!worker.busy) worker.clone += std::min(ready.duration, now_ - worker.free - worker.clone);
      return;
    }
    worker.ready = true;
    worker.free = now_;
    recording_.first_clones.push_back(now_);
  }

  void attempt_started(const AttemptStarted& started) {
    const Test& test = *recording_.tests[started.test];
    WorkerState& worker = workers_[started.worker];
    RecordedAttempt attempt;
    attempt.record.test = started.test;
    attempt.record.attempt = started.attempt;
    attempt.started = now_;
    attempt.same_suite = worker.suite == test.suite;
    attempt.pause = now_ - worker.told;
    attempt.before = worker.last;
    attempt.clone = std::exchange(worker.clone, Seconds{0});
    worker.busy = true;
    Seconds available = std::max({worker.free + attempt.clone, recording_.planned, obstacles_.cleared(test)});
    if (const auto before = last_end_of_.find(started.test); before != last_end_of_.end())
      available = std::max(available, before->second);
    const bool constrained = test.exclusive || test.cores > 1 || !test.locks.empty() || !test.depends.empty() ||
                             !test.group.empty() || started.attempt > 1;
    attempt.may_have_waited = constrained;
    attempt.free_since = std::min(available, now_);
    attempt.new_to_clone = seen_.insert({started.clone, test.suite}).second;
    worker.suite = test.suite;
    if (worker.last != RecordedAttempt::none) recording_.attempts[worker.last].next = recording_.attempts.size();
    worker.last = recording_.attempts.size();
    open_[{started.test, started.attempt}] = recording_.attempts.size();
    recording_.attempts.push_back(std::move(attempt));
  }

  void attempt_finished(const AttemptRecord& record) {
    const auto found = open_.find({record.test, record.attempt});
    if (found == open_.end()) return;
    RecordedAttempt& attempt = recording_.attempts[found->second];
    attempt.record = record;
    attempt.record.output.clear();
    attempt.finished = now_;
    WorkerState& worker = workers_[record.worker];
    worker.free = worker.told = now_;
    worker.busy = false;
    last_end_of_[record.test] = now_;
    obstacles_.ended(*recording_.tests[record.test], now_);
    recording_.last_end = now_;
  }

  Recording recording_;
  Seconds begun_{0}, now_{0};
  int later_clones_ = 0;
  std::map<int, WorkerState> workers_;
  std::set<std::pair<std::string, std::string>> seen_;  // clones, and suites of which they ran tests
  std::map<std::pair<TestIndex, int>, std::size_t> open_;
  std::unordered_map<TestIndex, Seconds> last_end_of_;
  Obstacles obstacles_;
};

}  // namespace

Recording record_of(const std::vector<Event>& events) {
  Recorder recorder;
  for (const Event& event : events) recorder.consume(event);
  recorder.conclude();
  return recorder.take();
}

}  // namespace sharder
