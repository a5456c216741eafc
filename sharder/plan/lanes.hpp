// The tests that nobody has started, in lanes: tests of one lane may start under the same conditions, so only the first
// of each has to be looked at. Keeps the lanes in the order in which they are to be offered. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "sharder/plan/plan.hpp"

namespace sharder {

using LaneIndex = std::size_t;

/// A lane's place among the others; lesser is offered first.
struct LaneRank {
  Rank rank;
  std::size_t position = 0;  // of its first test in the plan's order
  LaneIndex lane = 0;

  bool operator<(const LaneRank& other) const {
    return std::tie(rank.tier, rank.key, position, lane) <
           std::tie(other.rank.tier, other.rank.key, other.position, other.lane);
  }
};

class Lanes {
 public:
  /// All outlive this.
  Lanes(const std::vector<Test>& tests, const Ties& ties, const Plan& plan);

  const std::set<LaneRank>& ranked() const { return ranked_; }
  bool empty(LaneIndex lane) const { return lanes_[lane].first == lanes_[lane].tests.size(); }
  std::size_t size(LaneIndex lane) const { return lanes_[lane].tests.size() - lanes_[lane].first; }
  TestIndex front(LaneIndex lane) const { return lanes_[lane].tests[lanes_[lane].first]; }
  /// Takes the first of a lane that is not empty, and ranks anew what depends on it.
  TestIndex take_front(LaneIndex lane);
  /// The first test of a lane that is expected to take no longer than `gap`, given the lane is in order of duration;
  /// else its first, if that does. Takes it like take_front.
  std::optional<TestIndex> first_within(LaneIndex lane, Seconds gap) const;
  void take(LaneIndex lane, TestIndex test);
  /// Makes the second half of a lane's tests, by what is expected of them, a lane with an affinity of its own.
  LaneIndex divide(LaneIndex lane);

  /// Tests with the same affinity prefer one worker: those of a group, and those tied by DEPENDS. -1 for none.
  /// One that is not part of the plan (settled in an earlier part of the run) has none either.
  int affinity(TestIndex test) const { return lane_of_[test] == no_lane ? -1 : lanes_[lane_of_[test]].affinity; }
  int affinity_of_lane(LaneIndex lane) const { return lanes_[lane].affinity; }
  /// Whether its tests may go to another worker once that has nothing else to do; a chain of DEPENDS never does.
  bool divisible(LaneIndex lane) const { return lanes_[lane].affinity >= 0 && !lanes_[lane].chain; }
  const std::vector<LaneIndex>& lanes_with(int affinity) const {
    return by_affinity_[static_cast<std::size_t>(affinity)];
  }
  bool any_affinity() const { return !by_affinity_.empty(); }
  Seconds remaining_of(int affinity) const { return Seconds(affinity_seconds_[static_cast<std::size_t>(affinity)]); }

  /// The lanes whose tests may share a process with `test`, as they are ranked: plain ones of its suite, program and
  /// group.
  std::vector<LaneIndex> lanes_beside(TestIndex test) const;

  /// What all tests in the lanes are expected to take; one without estimate counts as `unknown`.
  Seconds remaining(Seconds unknown) const { return Seconds(known_seconds_) + unknown * static_cast<double>(unknown_); }

 private:
  struct Lane {
    std::vector<TestIndex> tests;
    std::size_t first = 0;
    int affinity = -1;
    int program = -1;  // of plain tests: nothing but suite and program decides who may share a process with them
    bool chain = false;
  };
  using Key = std::tuple<int, int, int, int, bool, int>;  // tier, affinity, locks, cores, exclusive, program

  using Position = std::vector<TestIndex>::const_iterator;

  void add(TestIndex test);
  Position first_shorter(const Lane& lane, double seconds) const;
  int affinity_for(TestIndex test);
  Key key_of(TestIndex test, int affinity);
  bool is_plain(TestIndex test) const;
  const std::vector<std::string>& locks_of(TestIndex test) const;
  void arrange_affine_lanes();
  LaneRank rank_of(LaneIndex lane) const;
  void unrank(LaneIndex lane);
  void rank(LaneIndex lane);
  std::vector<LaneIndex> ranked_with(TestIndex test, LaneIndex lane) const;
  void count(TestIndex test, int change);
  std::size_t middle(const Lane& lane) const;

  const std::vector<Test>& tests_;
  const Ties& ties_;
  const Plan& plan_;
  std::vector<Lane> lanes_;
  static constexpr LaneIndex no_lane = static_cast<LaneIndex>(-1);
  std::vector<LaneIndex> lane_of_;
  std::vector<std::size_t> positions_;
  std::vector<LaneRank> current_;  // as it stands in ranked_
  std::set<LaneRank> ranked_;      // lanes that are not empty
  std::vector<std::vector<LaneIndex>> by_affinity_;
  std::map<std::pair<int, int>, std::vector<LaneIndex>> by_program_;  // and affinity; of plain tests
  std::vector<double> affinity_seconds_;
  std::map<std::string, double> lock_seconds_;  // of what waits for each lock
  std::map<std::string, std::set<LaneIndex>> by_lock_;
  std::map<Key, LaneIndex> found_;
  std::map<std::vector<std::string>, int> lock_sets_;
  std::map<std::pair<std::string, std::string>, int> programs_;
  std::map<std::pair<std::string, std::string>, int> affinities_;  // by suite and group, or chain
  double known_seconds_ = 0;
  std::size_t unknown_ = 0;
};

}  // namespace sharder
