#include "sharder/plan/order.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sharder {
namespace {

TEST(OrderTests, ShufflesTheSameWayForTheSameSeed) {
  EXPECT_EQ(order_tests(100, "shuffle", 7), order_tests(100, "shuffle", 7));
  EXPECT_NE(order_tests(100, "shuffle", 7), order_tests(100, "shuffle", 8));
}

TEST(OrderTests, HoldsEveryTestOnceInEveryOrder) {
  for (const char* policy : {"auto", "listed", "reverse", "shuffle"}) {
    std::vector<TestIndex> order = order_tests(50, policy, 3);
    std::sort(order.begin(), order.end());
    EXPECT_EQ(order, order_tests(50, "listed", 0)) << policy;
  }
}

TEST(AttemptSeed, DependsOnTestAndAttemptAndNothingElse) {
  EXPECT_EQ(attempt_seed(1, "a", 1), attempt_seed(1, "a", 1));
  EXPECT_NE(attempt_seed(1, "a", 1), attempt_seed(1, "a", 2));
  EXPECT_NE(attempt_seed(1, "a", 1), attempt_seed(1, "b", 1));
  EXPECT_NE(attempt_seed(1, "a", 1), attempt_seed(2, "a", 1));
}

}  // namespace
}  // namespace sharder
