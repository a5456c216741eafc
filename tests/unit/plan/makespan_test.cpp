// What the policy is worth: whole suites played through on paper, held against the lower bound.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "sharder/plan/lower_bound.hpp"
#include "sharder/plan/rehearsal.hpp"

namespace sharder {
namespace {

struct Suite {
  std::vector<sharder::Test> tests;
  std::vector<Estimate> estimates;

  void add(double seconds) {
    tests.emplace_back();
    tests.back().id = "t" + std::to_string(tests.size());
    estimates.push_back({Seconds{seconds}, Seconds{seconds}, Estimate::Source::history, false});
  }
  double ratio(int workers) const {
    const Ties ties(tests);
    const Plan plan = make_plan(tests, ties, estimates, {.workers = workers});
    std::vector<Work> work;
    for (TestIndex test = 0; test < tests.size(); ++test) work.push_back({&tests[test], estimates[test].expected});
    return rehearse(tests, ties, plan) / lower_bound(work, {Seconds{0}, workers, false}).total;
  }
};

/// Lognormal: median 0.1 s, so many decades wide as suites are.
Suite skewed(int count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> duration(std::log(0.1), 1.5);
  Suite suite;
  for (int i = 0; i < count; ++i) suite.add(duration(random));
  return suite;
}

class Makespan : public ::testing::TestWithParam<int> {
 protected:
  int count() const { return 150 * GetParam(); }
};

TEST_P(Makespan, OfASkewedSuiteIsWithinTwoPercentOfTheBound) {
  for (unsigned seed = 1; seed <= 3; ++seed)
    EXPECT_LE(skewed(count(), seed).ratio(GetParam()), 1.02) << "seed " << seed;
}

TEST_P(Makespan, OfAFlatSuiteIsWithinTwoPercentOfTheBound) {
  Suite suite;
  for (int i = 0; i < count(); ++i) suite.add(0.2 + 0.001 * (i % 50));
  EXPECT_LE(suite.ratio(GetParam()), 1.02);
}

TEST_P(Makespan, OfASuiteWithOneGiantIsWithinTwoPercentOfTheBound) {
  Suite suite = skewed(count(), 1);
  double total = 0;
  for (const Estimate& estimate : suite.estimates) total += estimate.expected.count();
  suite.add(total / GetParam());
  EXPECT_LE(suite.ratio(GetParam()), 1.02);
}

TEST_P(Makespan, OfASuiteOfWhichMuchIsLockedIsWithinTwoPercentOfTheBound) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    Suite suite = skewed(count(), seed);
    for (TestIndex test = 0; test < suite.tests.size(); ++test)
      if (test % 20 < 3) suite.tests[test].locks = {test % 40 < 20 ? "db" : "port"};
    EXPECT_LE(suite.ratio(GetParam()), 1.02) << "seed " << seed;
  }
}

TEST_P(Makespan, OfASuiteWithWideTestsIsWithinTwoPercentOfTheBound) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    Suite suite = skewed(count(), seed);
    for (TestIndex test = 0; test < suite.tests.size(); ++test)
      if (test % 10 == 0) suite.tests[test].cores = std::max(2, GetParam() / 4);
    EXPECT_LE(suite.ratio(GetParam()), 1.02) << "seed " << seed;
  }
}

TEST_P(Makespan, OfASuiteInGroupsIsWithinTwoPercentOfTheBound) {
  Suite suite = skewed(count(), 1);
  for (TestIndex test = 0; test < suite.tests.size(); ++test) suite.tests[test].group = "g" + std::to_string(test / 30);
  EXPECT_LE(suite.ratio(GetParam()), 1.02);
}

TEST_P(Makespan, OfASuiteWithExclusiveTestsIsWithinTwoPercentOfTheBound) {
  Suite suite = skewed(count(), 1);
  for (TestIndex test = 0; test < suite.tests.size(); ++test) suite.tests[test].exclusive = test % 100 == 0;
  EXPECT_LE(suite.ratio(GetParam()), 1.02);
}

INSTANTIATE_TEST_SUITE_P(Slots, Makespan, testing::Values(2, 8, 64, 192));

/// The shortest makespan of few tests on few workers, by trying everything.
double optimum(const std::vector<double>& seconds, std::vector<double>& loads, std::size_t next = 0) {
  if (next == seconds.size()) return *std::max_element(loads.begin(), loads.end());
  double best = 1e9;
  for (double& load : loads) {
    load += seconds[next];
    best = std::min(best, optimum(seconds, loads, next + 1));
    load -= seconds[next];
  }
  return best;
}

TEST(MakespanOfFewTests, KeepsGrahamsBoundForLongestFirst) {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<int> seconds_of(1, 20), workers_of(2, 4), count_of(2, 8);
  for (int round = 0; round < 300; ++round) {
    const int workers = workers_of(random);
    Suite suite;
    std::vector<double> seconds;
    for (int left = count_of(random); left > 0; --left)
      seconds.push_back(seconds_of(random)), suite.add(seconds.back());
    std::vector<double> loads(static_cast<std::size_t>(workers), 0);
    const Ties ties(suite.tests);
    const Plan plan = make_plan(suite.tests, ties, suite.estimates, {.workers = workers});
    const double allowed = (4.0 / 3 - 1.0 / (3 * workers)) * optimum(seconds, loads);
    EXPECT_LE(rehearse(suite.tests, ties, plan).count(), allowed + 1e-9) << "round " << round;
  }
}

}  // namespace
}  // namespace sharder
