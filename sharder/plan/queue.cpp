#include "sharder/plan/queue.hpp"

#include <algorithm>

#include "sharder/support/errors.hpp"

namespace sharder {

Queue::Queue(const std::vector<Test>& tests, const Ties& ties, const std::vector<TestIndex>& order,
             ResourceLimits limits, LockGate gate)
    : tests_(tests),
      ties_(ties),
      resources_(limits),
      gate_(std::move(gate)),
      pending_(order.begin(), order.end()),
      waiting_(tests.size(), 0),
      ran_(tests.size(), false),
      affinities_(tests.size()) {
  for (const TestIndex test : order) {
    SHARDER_ASSERT(ties_.role(test) == FixtureRole::none, tests_[test].id);
    waiting_[test] = 1;
    if (ties_.chain(test) >= 0) affinities_[test] = "depends\n" + std::to_string(ties_.chain(test));
    else if (!tests_[test].group.empty()) affinities_[test] = tests_[test].suite + "\n" + tests_[test].group;
    if (plain(tests_[test])) ++lanes_[lane_of(test)];
  }
}

bool Queue::plain(const Test& test) const {
  return !test.exclusive && test.locks.empty() && test.cores <= 1 && !test.timeout &&
         !ties_.tied(static_cast<TestIndex>(&test - tests_.data()));
}

bool Queue::startable(TestIndex test, int worker) const {
  if (waiting_[test] == 0 || !resources_.available_for(tests_[test])) return false;
  if (ties_.chain(test) >= 0) {
    // A chain stays in one worker whatever it costs: its tests need what earlier ones left in the clone.
    const auto owner = owners_.find(affinity(test));
    if (owner != owners_.end() && owner->second != worker) return false;
    const auto& depends = ties_.depends(test);
    const auto unmet = [&](TestIndex other) { return ties_.role(other) == FixtureRole::none && !ran_[other]; };
    if (std::any_of(depends.begin(), depends.end(), unmet)) return false;
  }
  return true;
}

std::optional<TestIndex> Queue::take_from(std::deque<TestIndex>& tests, int worker, bool only_own_groups) {
  while (!tests.empty() && waiting_[tests.front()] == 0) tests.pop_front();
  for (auto position = tests.begin(); position != tests.end(); ++position) {
    const TestIndex test = *position;
    if (only_own_groups && !affinity(test).empty()) {
      const auto owner = owners_.find(affinity(test));
      if (owner != owners_.end() && owner->second != worker) continue;
    }
    if (!startable(test, worker)) continue;
    if (!resources_.locks_of(tests_[test]).empty() && !gate_(tests_[test])) continue;
    tests.erase(position);
    hand_out(test, worker);
    return test;
  }
  return std::nullopt;
}

void Queue::hand_out(TestIndex test, int worker) {
  SHARDER_ASSERT(waiting_[test] > 0, tests_[test].id);
  --waiting_[test];
  if (plain(tests_[test])) --lanes_[lane_of(test)];
  resources_.acquire(tests_[test]);
  if (!affinity(test).empty()) owners_[affinity(test)] = worker;
}

std::optional<TestIndex> Queue::take(int worker) {
  if (const auto test = take_from(again_, worker, false)) return test;
  // Groups stay in one worker as long as there is anything else to do for the others.
  if (const auto test = take_from(pending_, worker, true)) return test;
  return take_from(pending_, worker, false);
}

std::size_t Queue::companions(TestIndex first) const {
  if (!plain(tests_[first])) return 0;
  const auto lane = lanes_.find(lane_of(first));
  return lane == lanes_.end() ? 0 : lane->second;
}

std::vector<TestIndex> Queue::take_companions(TestIndex first, std::size_t count) {
  std::vector<TestIndex> companions;
  if (!plain(tests_[first])) return companions;
  for (const TestIndex test : pending_) {
    if (companions.size() >= count) break;
    if (waiting_[test] == 0 || !plain(tests_[test]) || lane_of(test) != lane_of(first)) continue;
    if (affinity(test) != affinity(first)) continue;
    companions.push_back(test);
    --waiting_[test];
    --lanes_[lane_of(test)];
    // The whole batch runs in the one worker that took `first`: its cores are counted once, by `first`.
  }
  return companions;
}

void Queue::release(TestIndex test) { resources_.release(tests_[test]); }

void Queue::mark_ran(TestIndex test) { ran_[test] = true; }

void Queue::put_back(TestIndex test) {
  ++waiting_[test];
  if (plain(tests_[test])) ++lanes_[lane_of(test)];
  again_.push_back(test);
}

}  // namespace sharder
