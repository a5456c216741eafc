#include "sharder/plan/fair_share.hpp"

#include <gtest/gtest.h>

namespace sharder {
namespace {

using Shares = std::vector<int>;

TEST(FairShare, ARunThatIsAloneHasWhatItWants) {
  EXPECT_EQ(fair_shares({8}, 8), (Shares{8}));
  EXPECT_EQ(fair_shares({3}, 8), (Shares{3}));
}

TEST(FairShare, RunsThatWantAllHaveEqualParts) {
  EXPECT_EQ(fair_shares({8, 8}, 8), (Shares{4, 4}));
  EXPECT_EQ(fair_shares({8, 8, 8}, 8), (Shares{3, 3, 2}));
}

TEST(FairShare, WhatOneDoesNotWantGoesToTheOthers) { EXPECT_EQ(fair_shares({8, 1, 8}, 8), (Shares{4, 1, 3})); }

TEST(FairShare, MoreRunsThanSlotsLeaveTheYoungestWithout) { EXPECT_EQ(fair_shares({2, 2, 2}, 2), (Shares{1, 1, 0})); }

TEST(FairShare, NeverGivesMoreThanThereIs) {
  for (int slots = 0; slots < 12; ++slots)
    for (int a = 1; a < 6; ++a)
      for (int b = 1; b < 6; ++b) {
        const Shares shares = fair_shares({a, b}, slots);
        EXPECT_EQ(shares[0] + shares[1], std::min(slots, a + b));
      }
}

TEST(FairShare, WorkersBeyondTheSlotsShrinkInProportion) {
  EXPECT_EQ(active_workers(16, 2, 2), 16) << "alone: a number is obeyed";
  EXPECT_EQ(active_workers(16, 1, 2), 8);
  EXPECT_EQ(active_workers(2, 1, 2), 1);
  EXPECT_EQ(active_workers(2, 0, 2), 1) << "whoever runs goes on";
  EXPECT_EQ(active_workers(1, 1, 64), 1);
}

}  // namespace
}  // namespace sharder
