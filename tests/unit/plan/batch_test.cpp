#include "sharder/plan/batch.hpp"

#include <gtest/gtest.h>

namespace sharder {
namespace {

TEST(BatchSize, IsNeverZeroAndNeverMoreThanRemain) {
  for (const std::size_t remaining : {1u, 2u, 7u, 1000u, 100000u})
    for (const int workers : {1, 2, 64})
      for (const double mean : {0.0, 0.00001, 1.0, 1000.0}) {
        const std::size_t size = batch_size({remaining, workers, Seconds{0.05}, Seconds{mean}});
        EXPECT_GE(size, 1u);
        EXPECT_LE(size, remaining);
      }
}

TEST(BatchSize, ShrinksTowardsTheEnd) {
  const auto size = [](std::size_t remaining) { return batch_size({remaining, 2, Seconds{0.01}, Seconds{1}}); };
  EXPECT_GT(size(100), size(50));
  EXPECT_GT(size(50), size(10));
  EXPECT_EQ(size(2), 1u);
}

TEST(BatchSize, LastsAtLeastTwoStartUps) {
  EXPECT_EQ(batch_size({100, 50, Seconds{5}, Seconds{1}}), 10u);
}

}  // namespace
}  // namespace sharder
