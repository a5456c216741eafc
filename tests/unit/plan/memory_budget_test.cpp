#include "sharder/plan/memory_budget.hpp"

#include <gtest/gtest.h>

namespace sharder {
namespace {

TEST(MemoryBudget, AdmitsWhatFitsBesideWhatRuns) {
  MemoryBudget budget(1000);
  budget.take(600);
  EXPECT_TRUE(budget.admits(400));
  EXPECT_FALSE(budget.admits(401));
  budget.give_back(600);
  EXPECT_TRUE(budget.admits(1000));
}

TEST(MemoryBudget, CountsWhatDies) {
  MemoryBudget budget(1000);
  budget.begin_dying(700);
  EXPECT_TRUE(budget.admits(300));
  EXPECT_FALSE(budget.admits(301));
  budget.end_dying(700);
  EXPECT_TRUE(budget.admits(301));
}

TEST(MemoryBudget, LetsAGiantRunAlone) {
  MemoryBudget budget(1000);
  budget.take(1);
  EXPECT_FALSE(budget.admits(5000));
  budget.give_back(1);
  EXPECT_TRUE(budget.admits(5000));
  budget.take(5000);
  EXPECT_FALSE(budget.admits(1));
}

TEST(MemoryBudget, DoesNotHoldBackWhatIsNotKnown) {
  MemoryBudget budget(1000);
  budget.take(1000);
  EXPECT_TRUE(budget.admits(0));
  MemoryBudget unlimited(0);
  unlimited.take(1ull << 60);
  EXPECT_TRUE(unlimited.admits(1ull << 60));
}

}  // namespace
}  // namespace sharder
