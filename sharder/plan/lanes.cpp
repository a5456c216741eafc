#include "sharder/plan/lanes.hpp"

#include <algorithm>
#include <functional>

#include "sharder/plan/resources.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

/// The number that stands for a value: the same for equal ones.
template <typename Map, typename Value>
int number_of(Map& numbers, const Value& value) {
  return numbers.try_emplace(value, static_cast<int>(numbers.size())).first->second;
}

/// Sorts so that every test comes behind those it depends on, and otherwise as it was.
void put_dependencies_first(std::vector<TestIndex>& tests, const Ties& ties) {
  const std::set<TestIndex> all(tests.begin(), tests.end());
  std::set<TestIndex> placed;
  std::vector<TestIndex> sorted;
  const std::function<void(TestIndex)> place = [&](TestIndex test) {
    if (!placed.insert(test).second) return;
    for (const TestIndex before : ties.depends(test))
      if (all.count(before) > 0) place(before);
    sorted.push_back(test);
  };
  for (const TestIndex test : tests) place(test);
  tests = std::move(sorted);
}

}  // namespace

Lanes::Lanes(const std::vector<Test>& tests, const Ties& ties, const Plan& plan)
    : tests_(tests), ties_(ties), plan_(plan), lane_of_(tests.size(), no_lane), positions_(tests.size(), 0) {
  for (std::size_t position = 0; position < plan.order.size(); ++position) positions_[plan.order[position]] = position;
  for (const TestIndex test : plan.order) add(test);
  arrange_affine_lanes();
  current_.resize(lanes_.size());
  for (LaneIndex lane = 0; lane < lanes_.size(); ++lane) rank(lane);
}

bool Lanes::is_plain(TestIndex test) const {
  const Test& t = tests_[test];
  return !t.exclusive && t.locks.empty() && t.cores <= 1 && !t.timeout && !ties_.tied(test);
}

const std::vector<std::string>& Lanes::locks_of(TestIndex test) const {
  return locks_taken(tests_[test], plan_.settings.dissolve_locks);
}

int Lanes::affinity_for(TestIndex test) {
  const Test& t = tests_[test];
  const int chain = ties_.chain(test);
  if (chain < 0 && t.group.empty()) return -1;
  const int affinity = chain >= 0 ? number_of(affinities_, std::make_pair(std::string("\n"), std::to_string(chain)))
                                  : number_of(affinities_, std::make_pair(t.suite, t.group));
  by_affinity_.resize(affinities_.size());
  affinity_seconds_.resize(affinities_.size(), 0);
  return affinity;
}

Lanes::Key Lanes::key_of(TestIndex test, int affinity) {
  const Test& t = tests_[test];
  // A chain is run in order whatever its tests need; it begins early because nothing in it can run beside another.
  if (ties_.chain(test) >= 0) return {plan_.by_duration() ? 1 : 3, affinity, 0, 0, false, -1};
  const int locks = t.locks.empty() ? -1 : number_of(lock_sets_, t.locks);
  const int program = is_plain(test) ? number_of(programs_, std::make_pair(t.suite, t.program)) : -1;
  return {plan_.ranks[test].tier, affinity, locks, t.cores, t.exclusive, program};
}

void Lanes::add(TestIndex test) {
  const int affinity = affinity_for(test);
  const Key key = key_of(test, affinity);
  const auto [found, fresh] = found_.try_emplace(key, lanes_.size());
  const LaneIndex lane = found->second;
  if (fresh) {
    const int program = std::get<5>(key);
    lanes_.push_back(
        {.tests = {}, .first = 0, .affinity = affinity, .program = program, .chain = ties_.chain(test) >= 0});
    if (affinity >= 0) by_affinity_[static_cast<std::size_t>(affinity)].push_back(lane);
    if (program >= 0) by_program_[{program, affinity}].push_back(lane);
  }
  lanes_[lane].tests.push_back(test);
  lane_of_[test] = lane;
  for (const std::string& lock : locks_of(test)) by_lock_[lock].insert(lane);
  count(test, +1);
}

void Lanes::arrange_affine_lanes() {
  for (Lane& lane : lanes_) {
    if (lane.affinity < 0) continue;
    // What tests of a group share was built with their own order in mind.
    if (plan_.by_duration()) std::sort(lane.tests.begin(), lane.tests.end());
    if (lane.chain) put_dependencies_first(lane.tests, ties_);
  }
}

void Lanes::count(TestIndex test, int change) {
  const Estimate& estimate = plan_.estimates[test];
  const double seconds = change * estimate.expected.count();
  if (estimate.known()) known_seconds_ += seconds;
  else unknown_ += static_cast<std::size_t>(change);
  if (const int group = affinity(test); group >= 0) affinity_seconds_[static_cast<std::size_t>(group)] += seconds;
  for (const std::string& lock : locks_of(test)) lock_seconds_[lock] += seconds;
}

LaneRank Lanes::rank_of(LaneIndex lane) const {
  const TestIndex test = front(lane);
  LaneRank place{plan_.ranks[test], positions_[test], lane};
  if (!plan_.by_duration()) return place;
  if (ties_.chain(test) >= 0) place.rank.tier = 1;
  // Whoever waits for a lock is as urgent as all that must run one after another under it; so is a piece.
  double seconds = -place.rank.key;
  if (const int affinity = lanes_[lane].affinity; affinity >= 0)
    seconds = std::max(seconds, affinity_seconds_[static_cast<std::size_t>(affinity)]);
  for (const std::string& lock : locks_of(test)) seconds = std::max(seconds, lock_seconds_.at(lock));
  place.rank.key = -seconds;
  return place;
}

void Lanes::rank(LaneIndex lane) {
  if (empty(lane)) return;
  current_[lane] = rank_of(lane);
  ranked_.insert(current_[lane]);
}

void Lanes::unrank(LaneIndex lane) { ranked_.erase(current_[lane]); }

std::vector<LaneIndex> Lanes::ranked_with(TestIndex test, LaneIndex lane) const {
  std::vector<LaneIndex> lanes{lane};
  const auto add_others = [&](const auto& others) {
    for (const LaneIndex other : others)
      if (other != lane && !empty(other)) lanes.push_back(other);
  };
  if (const int group = affinity(test); group >= 0) add_others(lanes_with(group));
  for (const std::string& lock : locks_of(test)) add_others(by_lock_.at(lock));
  std::sort(lanes.begin(), lanes.end());
  lanes.erase(std::unique(lanes.begin(), lanes.end()), lanes.end());
  return lanes;
}

std::vector<LaneIndex> Lanes::lanes_beside(TestIndex test) const {
  const Lane& lane = lanes_[lane_of_[test]];
  if (lane.program < 0) return {};
  std::vector<LaneIndex> beside = by_program_.at({lane.program, lane.affinity});
  std::erase_if(beside, [&](LaneIndex each) { return empty(each); });
  std::sort(beside.begin(), beside.end(), [&](LaneIndex l, LaneIndex r) { return current_[l] < current_[r]; });
  return beside;
}

TestIndex Lanes::take_front(LaneIndex lane) {
  SHARDER_ASSERT(!empty(lane));
  const TestIndex test = front(lane);
  take(lane, test);
  return test;
}

Lanes::Position Lanes::first_shorter(const Lane& lane, double seconds) const {
  const auto longer = [&](TestIndex test, double limit) { return plan_.estimates[test].order_key.count() > limit; };
  return std::lower_bound(lane.tests.begin() + static_cast<std::ptrdiff_t>(lane.first), lane.tests.end(), seconds,
                          longer);
}

std::optional<TestIndex> Lanes::first_within(LaneIndex lane, Seconds gap) const {
  if (plan_.estimates[front(lane)].order_key <= gap) return front(lane);
  if (!plan_.by_duration() || lanes_[lane].affinity >= 0) return std::nullopt;
  const Position found = first_shorter(lanes_[lane], gap.count());
  return found == lanes_[lane].tests.end() ? std::nullopt : std::optional(*found);
}

void Lanes::take(LaneIndex lane, TestIndex test) {
  const std::vector<LaneIndex> lanes = ranked_with(test, lane);
  for (const LaneIndex each : lanes) unrank(each);
  if (test == front(lane)) ++lanes_[lane].first;
  else lanes_[lane].tests.erase(std::find(first_shorter(lanes_[lane], plan_.estimates[test].order_key.count()),
                                          Position(lanes_[lane].tests.end()), test));
  count(test, -1);
  for (const LaneIndex each : lanes) rank(each);
}

std::size_t Lanes::middle(const Lane& lane) const {
  const auto seconds = [&](std::size_t i) { return plan_.estimates[lane.tests[i]].expected.count(); };
  double rest = 0, kept = 0;
  for (std::size_t i = lane.first; i < lane.tests.size(); ++i) rest += seconds(i);
  std::size_t cut = lane.first;
  while (cut + 1 < lane.tests.size() && (kept + seconds(cut)) * 2 <= rest) kept += seconds(cut++);
  return cut;
}

LaneIndex Lanes::divide(LaneIndex lane) {
  SHARDER_ASSERT(!empty(lane) && divisible(lane));
  const LaneIndex fresh = lanes_.size();
  const std::vector<LaneIndex> others = ranked_with(front(lane), lane);
  for (const LaneIndex each : others) unrank(each);
  const auto cut = lanes_[lane].tests.begin() + static_cast<std::ptrdiff_t>(middle(lanes_[lane]));
  Lane half{.tests = {cut, lanes_[lane].tests.end()},
            .first = 0,
            .affinity = static_cast<int>(by_affinity_.size()),
            .program = lanes_[lane].program};
  lanes_[lane].tests.erase(cut, lanes_[lane].tests.end());
  by_affinity_.push_back({fresh});
  if (half.program >= 0) by_program_[{half.program, half.affinity}].push_back(fresh);
  affinity_seconds_.push_back(0);
  for (const TestIndex test : half.tests) {
    count(test, -1);
    lane_of_[test] = fresh;
    for (const std::string& lock : locks_of(test)) by_lock_[lock].insert(fresh);
  }
  lanes_.push_back(std::move(half));
  for (const TestIndex test : lanes_.back().tests) count(test, +1);
  current_.emplace_back();
  rank(fresh);
  for (const LaneIndex each : others) rank(each);
  return fresh;
}

}  // namespace sharder
