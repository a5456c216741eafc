// Decides which test a worker starts next. Pure: it knows order, resources, groups and ties, and neither clones nor
// clocks. Every test is handed out exactly once for each time it was put in; nothing is assigned before it can start.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sharder/model/test.hpp"
#include "sharder/plan/resources.hpp"
#include "sharder/plan/ties.hpp"

namespace sharder {

class Queue {
 public:
  /// Asked before a test with locks is handed out, last of all conditions: takes the locks that other runs on this
  /// machine may hold, or says no. Given back by whoever supplied it.
  using LockGate = std::function<bool(const Test&)>;

  /// `tests` and `ties` outlive the queue. Fixtures' set-up and clean-up tests must not be in `order`: they run
  /// where others need them.
  Queue(const std::vector<Test>& tests, const Ties& ties, const std::vector<TestIndex>& order, ResourceLimits limits,
        LockGate gate);

  /// The next test that `worker` can start now; its resources are taken until release().
  std::optional<TestIndex> take(int worker);
  /// Up to `count` more tests that may share a process with `first`: plain ones of the same suite and program.
  std::vector<TestIndex> take_companions(TestIndex first, std::size_t count);
  /// How many pending tests take_companions could find.
  std::size_t companions(TestIndex first) const;

  /// What take() took for `test` is free again.
  void release(TestIndex test);
  /// `test` has run: tests that depend on it may start.
  void mark_ran(TestIndex test);
  /// `test` comes again, before all that is pending: its process died before it ran, or it is to be rerun.
  void put_back(TestIndex test);


 private:
  bool startable(TestIndex test, int worker) const;
  bool plain(const Test& test) const;
  std::optional<TestIndex> take_from(std::deque<TestIndex>& tests, int worker, bool only_own_groups);
  void hand_out(TestIndex test, int worker);
  const std::string& affinity(TestIndex test) const { return affinities_[test]; }
  std::pair<std::string, std::string> lane_of(TestIndex test) const {
    return {tests_[test].suite, tests_[test].program};
  }

  const std::vector<Test>& tests_;
  const Ties& ties_;
  Resources resources_;
  LockGate gate_;
  std::deque<TestIndex> again_;    // reruns and returned tests: first of all
  std::deque<TestIndex> pending_;  // may hold tests that companions were taken from; see waiting_
  std::vector<int> waiting_;       // how many times each test is still to be handed out
  std::vector<bool> ran_;          // at least once
  std::vector<std::string> affinities_;  // key of the group or DEPENDS chain, "" for none
  std::map<std::string, int> owners_;    // worker that runs a group or chain
  std::map<std::pair<std::string, std::string>, std::size_t> lanes_;  // plain pending tests of a suite and program
};

}  // namespace sharder
