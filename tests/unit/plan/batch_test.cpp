#include "sharder/plan/batch.hpp"

#include <gtest/gtest.h>

namespace sharder {
namespace {

TEST(BatchTarget, ShrinksTowardsTheEnd) {
  const auto target = [](double rest) { return batch_target({Seconds{rest}, 2, Seconds{0.01}, true}); };
  EXPECT_GT(target(100), target(50));
  EXPECT_GT(target(50), target(10));
}

TEST(BatchTarget, LastsAtLeastTwoStartUps) {
  EXPECT_EQ(batch_target({Seconds{100}, 50, Seconds{5}, true}), Seconds{10});
}

TEST(BatchTarget, LeavesNothingThatWouldNotBeWorthAnotherStart) {
  EXPECT_EQ(batch_target({Seconds{100}, 2, Seconds{1}, true}), Seconds{45});
  EXPECT_EQ(batch_target({Seconds{100}, 2, Seconds{3}, true}), Seconds{50});
}

TEST(BatchTarget, GivesAQuarterOfEachShareAwayBeforeAnythingIsKnown) {
  EXPECT_EQ(batch_target({Seconds{80}, 2, Seconds{0}, false}), Seconds{10});
}

}  // namespace
}  // namespace sharder
