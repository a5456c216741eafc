// Decides which test a worker starts next. Pure: it knows ranks, resources, groups and ties, and neither clones nor
// clocks. Every test is handed out exactly once for each time it was put in; nothing is assigned before it can start.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "sharder/plan/batch.hpp"
#include "sharder/plan/lanes.hpp"
#include "sharder/plan/reservation.hpp"
#include "sharder/plan/resources.hpp"

namespace sharder {

class Queue {
 public:
  /// Asked before a test is handed out, last of all conditions: takes what others on this machine may hold (locks,
  /// memory), or says no. Given back by whoever supplied it.
  using Gate = std::function<bool(const Test&)>;

  /// `tests`, `ties` and `plan` outlive the queue.
  Queue(const std::vector<Test>& tests, const Ties& ties, const Plan& plan, Gate gate);

  /// The next test that `worker` can start at `now`; its resources are taken until release(). `now` counts from any
  /// moment, and never backwards.
  std::optional<TestIndex> take(int worker, Seconds now);
  /// More tests that may share a process with `first`, which take() just gave: plain ones of the same suite and
  /// program.
  std::vector<TestIndex> take_companions(TestIndex first, const BatchLimits& limits);
  /// Whether take_companions could find any.
  bool has_companions(TestIndex first) const { return !lanes_.lanes_beside(first).empty(); }
  /// What has not ended is expected to take so long from `now` on; a test without estimate that has not started counts
  /// as `unknown`.
  Seconds remaining(Seconds unknown, Seconds now) const;
  bool empty() const { return lanes_.ranked().empty() && again_.empty(); }

  /// What take() took for `test` is free again.
  void release(TestIndex test);
  /// `test` has run: tests that depend on it may start.
  void mark_ran(TestIndex test);
  /// `test` comes again, before all that is pending: its process died before it ran, or it is to be rerun.
  void put_back(TestIndex test);
  /// `worker` takes no more: what it had begun of groups and chains is for anybody.
  void forget(int worker);

 private:
  bool startable(TestIndex test, int worker) const;
  bool others_own(int affinity, int worker) const;
  std::optional<TestIndex> take_again(int worker, Seconds now);
  std::optional<TestIndex> take_own(int worker, Seconds now);
  std::optional<TestIndex> take_ranked(int worker, Seconds now);
  std::optional<TestIndex> take_from_others(int worker, Seconds now);
  std::optional<TestIndex> hand_out(TestIndex test, int worker, Seconds now);
  bool pass_gate(TestIndex test);

  const std::vector<Test>& tests_;
  const Ties& ties_;
  const Plan& plan_;
  Lanes lanes_;
  Resources resources_;
  Gate gate_;
  std::vector<TestIndex> again_;     // reruns and returned tests: first of all
  std::vector<bool> ran_;            // at least once
  std::vector<Occupation> running_;
  std::map<int, int> owners_;        // of an affinity: the worker that took it up
  std::map<int, int> own_;           // of a worker: the affinity that it took up last
  bool nothing_startable_ = false;   // for whomever, until something is released or comes again
  bool gate_refused_ = false;        // in the last take(): the gate may open without our knowing
};

}  // namespace sharder
