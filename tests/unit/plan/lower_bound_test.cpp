#include "sharder/plan/lower_bound.hpp"

#include <gtest/gtest.h>

namespace sharder {
namespace {

class LowerBoundTest : public ::testing::Test {
 protected:
  sharder::Test& add(const std::string& id, double seconds) {
    tests_.push_back(std::make_unique<sharder::Test>());
    tests_.back()->id = id;
    work_.push_back({tests_.back().get(), Seconds{seconds}});
    return *tests_.back();
  }
  LowerBound bound(int workers, bool dissolve = false) const {
    return lower_bound(work_, {Seconds{1}, workers, dissolve});
  }

  std::vector<std::unique_ptr<sharder::Test>> tests_;
  std::vector<Work> work_;
};

TEST_F(LowerBoundTest, IsNothingWithoutWork) { EXPECT_EQ(bound(2).total, Seconds{0}); }

TEST_F(LowerBoundTest, SharesTheWorkOutAndCountsTheStart) {
  for (int i = 0; i < 10; ++i) add("t", 1);
  EXPECT_EQ(bound(2).total, Seconds{6});
  EXPECT_EQ(bound(2).binding, LowerBound::Binding::work);
}

TEST_F(LowerBoundTest, IsNeverLessThanTheLongestTest) {
  add("a", 1);
  add("giant", 9);
  EXPECT_EQ(bound(4).total, Seconds{10});
  EXPECT_EQ(describe_binding(bound(4)), "the longest test, giant (9.0 s)");
}

TEST_F(LowerBoundTest, AddsUpWhatNeedsTheSameLock) {
  for (int i = 0; i < 4; ++i) add("t", 2).locks = {"db"};
  EXPECT_EQ(bound(4).total, Seconds{9});
  EXPECT_EQ(bound(4).longest_chain, "db");
  EXPECT_EQ(bound(4, true).total, Seconds{3});
}

TEST_F(LowerBoundTest, AddsUpWhatMustRunAlone) {
  add("alone", 3).exclusive = true;
  add("a", 2);
  add("b", 2);
  EXPECT_EQ(bound(2).total, Seconds{6});
  EXPECT_EQ(bound(2).binding, LowerBound::Binding::exclusive);
}

TEST_F(LowerBoundTest, CountsAWideTestAsOftenAsItTakesCores) {
  add("wide", 4).cores = 3;
  for (int i = 0; i < 6; ++i) add("t", 2);
  EXPECT_EQ(bound(4).total, Seconds{7});
}

TEST_F(LowerBoundTest, KnowsThatWideTestsOfMoreThanHalfTheCoresDoNotFitBesideEachOther) {
  for (int i = 0; i < 3; ++i) add("wide", 2).cores = 3;
  EXPECT_EQ(bound(4).total, Seconds{7});
  EXPECT_EQ(bound(4).binding, LowerBound::Binding::wide);
}

}  // namespace
}  // namespace sharder
