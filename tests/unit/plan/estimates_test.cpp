#include "sharder/plan/estimates.hpp"

#include <gtest/gtest.h>

namespace sharder {
namespace {

class EstimatesTest : public ::testing::Test {
 protected:
  void add(const std::string& name, std::optional<double> seconds = {}) {
    tests_.emplace_back();
    tests_.back().id = tests_.back().name = name;
    tests_.back().suite = "s";
    if (!seconds) return;
    PastTest& past = past_.tests[name];
    past.durations = 3;
    past.expected = Seconds{*seconds};
    past.order_key = Seconds{*seconds * 1.5};
  }
  std::vector<Estimate> estimates() const { return estimate_tests(tests_, past_); }

  std::vector<sharder::Test> tests_;
  Past past_;
};

TEST_F(EstimatesTest, AreNominalAndEqualWithoutAnyHistory) {
  add("a");
  add("b");
  for (const Estimate& estimate : estimates()) {
    EXPECT_EQ(estimate.source, Estimate::Source::nothing);
    EXPECT_EQ(estimate.expected, Seconds{1});
    EXPECT_FALSE(estimate.hot);
  }
}

TEST_F(EstimatesTest, TakeBothNumbersFromTheHistory) {
  add("a", 2);
  EXPECT_EQ(estimates()[0].expected, Seconds{2});
  EXPECT_EQ(estimates()[0].order_key, Seconds{3});
}

TEST_F(EstimatesTest, GiveANewTestAHighQuantileOfItsFile) {
  for (int i = 1; i <= 9; ++i) add("slow.py::test_" + std::to_string(i), 10 * i);
  for (int i = 1; i <= 9; ++i) add("quick.py::test_" + std::to_string(i), 0.1);
  add("slow.py::TestNew::test_it[a.b::c]");
  add("quick.py::test_new");
  const std::vector<Estimate> all = estimates();
  EXPECT_GE(all[18].order_key, Seconds{1.5 * 70});
  EXPECT_NEAR(all[18].expected.count(), 50, 1e-9);
  EXPECT_NEAR(all[19].expected.count(), 0.1, 1e-9);
  EXPECT_TRUE(all[18].hot);
}

TEST_F(EstimatesTest, FallBackToTheSuiteWhereAFileHasTooFew) {
  for (int i = 0; i < 5; ++i) add("a.py::test_" + std::to_string(i), 4);
  add("new.py::test_it");
  EXPECT_NEAR(estimates().back().expected.count(), 4, 1e-9);
  EXPECT_EQ(estimates().back().source, Estimate::Source::siblings);
}

TEST_F(EstimatesTest, TakeTheListAtItsWordWhereThereIsNoHistory) {
  add("a");
  add("b");
  tests_[1].cost = 7;
  EXPECT_EQ(estimates()[1].expected, Seconds{7});
  EXPECT_EQ(estimates()[1].source, Estimate::Source::list);
  EXPECT_EQ(estimates()[0].source, Estimate::Source::siblings);
  EXPECT_FALSE(estimates()[0].hot);
  add("c", 2);
  EXPECT_EQ(estimates()[1].source, Estimate::Source::siblings);
}

TEST_F(EstimatesTest, AreNeverZero) {
  add("a", 0);
  EXPECT_GT(estimates()[0].expected, Seconds{0});
  EXPECT_GT(estimates()[0].order_key, Seconds{0});
}

TEST_F(EstimatesTest, OrderByAFailureThatTookLongWithoutExpectingIt) {
  add("a", 1);
  past_.tests["a"].longest_failure = Seconds{60};
  past_.tests["a"].runs_since_failure = 1;
  EXPECT_EQ(estimates()[0].order_key, Seconds{60});
  EXPECT_EQ(estimates()[0].expected, Seconds{1});
  EXPECT_TRUE(estimates()[0].hot);
}

}  // namespace
}  // namespace sharder
