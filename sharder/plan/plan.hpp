// Decides, before anything runs, what the queue goes by: the order and the rank of every test.
// Pure: the same tests, estimates and settings give the same plan.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sharder/model/test.hpp"
#include "sharder/plan/estimates.hpp"
#include "sharder/plan/ties.hpp"

namespace sharder {

/// What counts for a test that needs several cores.
enum class WideRule {
  duration,  // it is ranked like any other
  area,      // it counts as often as it takes cores
  first      // before all that needs one core
};

struct PlanSettings {
  std::string order = "auto";  // auto listed reverse shuffle
  std::uint64_t seed = 0;      // of shuffle
  int workers = 1;
  bool dissolve_locks = false;
  /// By test, those that the queue does not hand out at first: an earlier part of the run settled them, or they come
  /// again. Empty: none.
  std::vector<bool> settled = {};
};

/// Lesser comes first. What it comes to while tests run, chains of locks included, is the queue's affair.
struct Rank {
  int tier = 0;    // 0 alone, 1 long, 2 hot, 3 the rest; always 3 with an explicit order
  double key = 0;  // seconds that count, negative; with an explicit order the position in it
};

struct Plan {
  PlanSettings settings;
  std::vector<TestIndex> order;     // the tests that the queue hands out, first to last as far as ranks alone tell
  std::vector<Estimate> estimates;  // of every test
  std::vector<Rank> ranks;          // of every test

  bool by_duration() const { return settings.order == "auto"; }
};

/// Leaves out what the queue does not hand out: fixtures, which run where others need them, and disabled tests.
/// Tests of more than one core are ranked by the rule that comes out best when the plan is played through on paper.
Plan make_plan(const std::vector<Test>& tests, const Ties& ties, std::vector<Estimate> estimates,
               const PlanSettings& settings);

/// The same with a given rule.
Plan make_plan(const std::vector<Test>& tests, const Ties& ties, std::vector<Estimate> estimates,
               const PlanSettings& settings, WideRule rule);

}  // namespace sharder
