#include "sharder/plan/duration_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace sharder {
namespace {

constexpr int seeds = 50;

DurationModel after(const std::vector<double>& durations) {
  DurationModel model;
  for (const double seconds : durations) update(model, Seconds(seconds));
  return model;
}

/// Passes of one test: lognormal around `median`.
std::vector<double> passes(std::mt19937_64& random, double median, double scatter, int count) {
  std::lognormal_distribution<double> distribution(std::log(median), scatter);
  std::vector<double> durations;
  for (int i = 0; i < count; ++i) durations.push_back(distribution(random));
  return durations;
}

TEST(DurationModel, OfNothingKnowsNothing) {
  EXPECT_EQ(order_key(DurationModel{}).count(), 0);
  EXPECT_EQ(expected(DurationModel{}).count(), 0);
}

TEST(DurationModel, OfOneDurationExpectsItAndOrdersABitHigher) {
  const DurationModel model = after({2});
  EXPECT_DOUBLE_EQ(expected(model).count(), 2);
  EXPECT_GT(order_key(model).count(), 2);
  EXPECT_LT(order_key(model).count(), 2.6);
}

TEST(DurationModel, OfTheSameDurationAgainAndAgainIsThatDuration) {
  const DurationModel model = after(std::vector<double>(40, 3));
  EXPECT_NEAR(expected(model).count(), 3, 1e-9);
  EXPECT_NEAR(order_key(model).count(), 3, 0.01);
  EXPECT_EQ(model.durations, 40);
}

TEST(DurationModel, OrderIsHardlyMovedByAnOutlier) {
  for (int seed = 0; seed < seeds; ++seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    std::vector<double> durations = passes(random, 1, 0.1, 30);
    const double before = order_key(after(durations)).count();
    durations.push_back(seed % 2 == 0 ? 1000 : 0.001);
    EXPECT_NEAR(order_key(after(durations)).count() / before, 1, 0.45) << "seed " << seed;
  }
}

TEST(DurationModel, MeanForgetsAFreakWithinAFewRuns) {
  std::vector<double> durations(20, 1);
  durations.push_back(10'000);
  EXPECT_LT(expected(after(durations)).count(), 4);
  durations.insert(durations.end(), 8, 1.0);
  EXPECT_LT(expected(after(durations)).count(), 1.2);
}

TEST(DurationModel, TwoOutliersInARowAreNoNewLevel) {
  std::vector<double> durations(20, 1);
  durations.insert(durations.end(), {50, 50});
  EXPECT_LT(order_key(after(durations)).count(), 2);
}

TEST(DurationModel, OutliersOnBothSidesAreNoNewLevel) {
  std::vector<double> durations(20, 1);
  durations.insert(durations.end(), {50, 50, 0.02, 50, 50});
  EXPECT_LT(order_key(after(durations)).count(), 2.5);
}

TEST(DurationModel, JumpsToALevelThatThreeDurationsConfirm) {
  for (int seed = 0; seed < seeds; ++seed)
    for (const double level : {0.01, 0.2, 5.0, 300.0}) {
      std::mt19937_64 random(static_cast<std::uint64_t>(seed));
      std::vector<double> durations = passes(random, 1, 0.1, 30);
      for (const double one : passes(random, level, 0.1, 3)) durations.push_back(one);
      const DurationModel model = after(durations);
      EXPECT_NEAR(std::log(order_key(model).count() / level), 0.17, 0.3)
          << "seed " << seed << " level " << level;
      EXPECT_NEAR(expected(model).count() / level, 1, 0.3) << "seed " << seed << " level " << level;
    }
}

TEST(DurationModel, FollowsASlowDrift) {
  std::vector<double> durations;
  double seconds = 1;
  for (int i = 0; i < 60; ++i) durations.push_back(seconds *= 1.05);
  EXPECT_NEAR(expected(after(durations)).count() / seconds, 1, 0.15);
  EXPECT_NEAR(order_key(after(durations)).count() / seconds, 1, 0.2);
}

/// A suite of tests that differ by orders of magnitude, each with its own scatter, seen `runs` times.
struct Suite {
  double expected_sum = 0, true_sum = 0;
  int below_key = 0, tests = 0;
};
Suite observe(int seed, int runs) {
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  std::lognormal_distribution<double> medians(std::log(0.1), 1.5);
  std::uniform_real_distribution<double> scatters(0.05, 0.4);
  Suite suite;
  for (int test = 0; test < 2000; ++test) {
    const double median = medians(random), scatter = scatters(random);
    const DurationModel model = after(passes(random, median, scatter, runs));
    suite.expected_sum += expected(model).count();
    suite.true_sum += median * std::exp(scatter * scatter / 2);
    suite.below_key += passes(random, median, scatter, 1)[0] <= order_key(model).count() ? 1 : 0;
    ++suite.tests;
  }
  return suite;
}

TEST(DurationModel, TotalsAreRightWithinThreePercent) {
  for (const int runs : {1, 2, 3, 10, 40}) {
    double expected_sum = 0, true_sum = 0;
    for (int seed = 0; seed < 10; ++seed) {
      const Suite suite = observe(seed, runs);
      expected_sum += suite.expected_sum;
      true_sum += suite.true_sum;
    }
    EXPECT_NEAR(expected_sum / true_sum, 1, 0.03) << runs << " runs";
  }
}

TEST(DurationModel, OrderKeyIsAHighQuantile) {
  int below = 0, all = 0;
  for (int seed = 0; seed < 10; ++seed) {
    const Suite suite = observe(seed, 20);
    below += suite.below_key;
    all += suite.tests;
  }
  EXPECT_GT(below, 0.70 * all);
  EXPECT_LT(below, 0.90 * all);
}

TEST(DurationModel, TestsBelowAMillisecondAreTheSameToAnOrderButNotToASum) {
  const DurationModel shorter = after({0.0001, 0.0001, 0.0001}), longer = after({0.0008, 0.0008, 0.0008});
  EXPECT_DOUBLE_EQ(order_key(shorter).count(), order_key(longer).count());
  EXPECT_NEAR(expected(longer).count() / expected(shorter).count(), 8, 1e-6);
}

TEST(DurationModel, SurvivesNonsense) {
  DurationModel model = after({0, -1, std::nan(""), INFINITY, 1e-300});
  EXPECT_TRUE(std::isfinite(order_key(model).count()));
  EXPECT_GT(order_key(model).count(), 0);
  EXPECT_TRUE(std::isfinite(expected(model).count()));
}

}  // namespace
}  // namespace sharder
