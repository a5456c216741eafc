#include "sharder/plan/queue.hpp"

#include <algorithm>

#include "sharder/support/errors.hpp"

namespace sharder {

Queue::Queue(const std::vector<Test>& tests, const Ties& ties, const Plan& plan, Gate gate)
    : tests_(tests),
      ties_(ties),
      plan_(plan),
      lanes_(tests, ties, plan),
      resources_({.cores = plan.settings.workers, .dissolve_locks = plan.settings.dissolve_locks}),
      gate_(std::move(gate)),
      ran_(tests.size(), false) {
  for (const TestIndex test : plan.order) SHARDER_ASSERT(ties.role(test) == FixtureRole::none, tests[test].id);
}

bool Queue::others_own(int affinity, int worker) const {
  const auto owner = owners_.find(affinity);
  return owner != owners_.end() && owner->second != worker;
}

bool Queue::startable(TestIndex test, int worker) const {
  if (!resources_.available_for(tests_[test])) return false;
  if (ties_.chain(test) < 0) return true;
  // A chain stays in one worker whatever it costs: its tests need what earlier ones left in the clone.
  if (others_own(lanes_.affinity(test), worker)) return false;
  const auto& depends = ties_.depends(test);
  const auto unmet = [&](TestIndex other) { return ties_.role(other) == FixtureRole::none && !ran_[other]; };
  return std::none_of(depends.begin(), depends.end(), unmet);
}

std::optional<TestIndex> Queue::hand_out(TestIndex test, int worker, Seconds now) {
  resources_.acquire(tests_[test]);
  running_.push_back({test, now + plan_.estimates[test].expected, resources_.cores_of(tests_[test])});
  if (const int affinity = lanes_.affinity(test); affinity >= 0) {
    owners_.try_emplace(affinity, worker);
    own_[worker] = affinity;
  }
  return test;
}

std::optional<TestIndex> Queue::take_again(int worker, Seconds now) {
  for (auto test = again_.begin(); test != again_.end(); ++test) {
    if (!startable(*test, worker) || !pass_gate(*test)) continue;
    const TestIndex taken = *test;
    again_.erase(test);
    return hand_out(taken, worker, now);
  }
  return std::nullopt;
}

/// What the worker has begun goes on: its clone has what the tests of the piece share.
std::optional<TestIndex> Queue::take_own(int worker, Seconds now) {
  const auto own = own_.find(worker);
  if (own == own_.end() || others_own(own->second, worker)) return std::nullopt;
  for (const LaneIndex lane : lanes_.lanes_with(own->second)) {
    if (lanes_.empty(lane) || !startable(lanes_.front(lane), worker) || !pass_gate(lanes_.front(lane))) continue;
    return hand_out(lanes_.take_front(lane), worker, now);
  }
  return std::nullopt;
}

std::optional<TestIndex> Queue::take_ranked(int worker, Seconds now) {
  std::optional<Reservation> reservation;
  for (const LaneRank& place : lanes_.ranked()) {
    std::optional<TestIndex> test = lanes_.front(place.lane);
    const int affinity = lanes_.affinity_of_lane(place.lane);
    if (affinity >= 0 && others_own(affinity, worker)) continue;
    if (!startable(*test, worker)) {
      if (!reservation && resources_.wants_cores_only(tests_[*test]))
        reservation.emplace(running_, resources_.free_cores(), resources_.cores_of(tests_[*test]), now);
      continue;
    }
    if (reservation && !reservation->allows(resources_.cores_of(tests_[*test]), plan_.estimates[*test].order_key))
      test = lanes_.first_within(place.lane, reservation->start() - now);
    if (!test || !pass_gate(*test)) continue;
    lanes_.take(place.lane, *test);
    return hand_out(*test, worker, now);
  }
  return std::nullopt;
}

/// Groups stay in one worker as long as there is anything else to do for the others; then the largest rest is divided.
std::optional<TestIndex> Queue::take_from_others(int worker, Seconds now) {
  std::optional<LaneIndex> largest;
  for (const LaneRank& place : lanes_.ranked()) {
    if (!lanes_.divisible(place.lane) || !startable(lanes_.front(place.lane), worker)) continue;
    const auto rest = [&](LaneIndex lane) { return lanes_.remaining_of(lanes_.affinity_of_lane(lane)); };
    if (!largest || rest(place.lane) > rest(*largest)) largest = place.lane;
  }
  if (!largest || !pass_gate(lanes_.front(*largest))) return std::nullopt;
  return hand_out(lanes_.take_front(lanes_.divide(*largest)), worker, now);
}

bool Queue::pass_gate(TestIndex test) {
  const bool passed = gate_(tests_[test]);
  gate_refused_ = gate_refused_ || !passed;
  return passed;
}

std::optional<TestIndex> Queue::take(int worker, Seconds now) {
  // Time alone lets nothing start: it only brings the end of a reservation nearer.
  if (nothing_startable_) return std::nullopt;
  gate_refused_ = false;
  if (const auto test = take_again(worker, now)) return test;
  if (resources_.free_cores() == 0) return std::nullopt;
  if (const auto test = take_own(worker, now)) return test;
  if (const auto test = take_ranked(worker, now)) return test;
  if (const auto test = take_from_others(worker, now)) return test;
  nothing_startable_ = !gate_refused_ && !lanes_.any_affinity();
  return std::nullopt;
}

Seconds Queue::remaining(Seconds unknown, Seconds now) const {
  Seconds rest = lanes_.remaining(unknown);
  for (const Occupation& occupation : running_) {
    rest += plan_.estimates[occupation.test].known() ? std::max(Seconds{0}, occupation.end - now) : unknown;
  }
  return rest;
}

std::vector<TestIndex> Queue::take_companions(TestIndex first, const BatchLimits& limits) {
  std::vector<TestIndex> companions;
  const auto known = [&](TestIndex test) { return plan_.estimates[test].known(); };
  const auto cost = [&](TestIndex test) { return known(test) ? plan_.estimates[test].expected : limits.unknown; };
  Seconds sum = cost(first);
  for (const LaneIndex lane : lanes_.lanes_beside(first)) {
    while (!lanes_.empty(lane) && companions.size() + 1 < limits.count) {
      const Seconds gap = limits.target - sum;
      std::optional<TestIndex> next = lanes_.front(lane);
      if (cost(*next) > gap) next = known(*next) ? lanes_.first_within(lane, gap) : std::nullopt;
      if (!next) break;
      sum += cost(*next);
      companions.push_back(*next);
      lanes_.take(lane, *next);
    }
  }
  // The whole batch runs in the one worker that took `first`: its cores are counted once, by `first`.
  for (Occupation& occupation : running_)
    if (occupation.test == first)
      for (const TestIndex test : companions) occupation.end += plan_.estimates[test].expected;
  return companions;
}

void Queue::mark_ran(TestIndex test) {
  ran_[test] = true;
  nothing_startable_ = false;
}

void Queue::put_back(TestIndex test) {
  again_.push_back(test);
  nothing_startable_ = false;
}

void Queue::forget(int worker) {
  std::erase_if(owners_, [&](const auto& owner) { return owner.second == worker; });
  nothing_startable_ = false;
}

void Queue::release(TestIndex test) {
  nothing_startable_ = false;
  resources_.release(tests_[test]);
  const auto found =
      std::find_if(running_.begin(), running_.end(), [&](const Occupation& o) { return o.test == test; });
  SHARDER_ASSERT(found != running_.end(), tests_[test].id);
  running_.erase(found);
}

}  // namespace sharder
