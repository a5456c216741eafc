#include "sharder/plan/partition.hpp"

#include <gtest/gtest.h>

#include <map>

namespace sharder {
namespace {

TEST(Partition, TakesEveryNthTestWithoutEstimates) {
  const std::vector<sharder::Test> tests(5);
  EXPECT_EQ(partition_tests(tests, std::vector<Estimate>(5), 2), (std::vector<int>{0, 1, 0, 1, 0}));
}

TEST(Partition, BalancesByWhatTestsAreExpectedToTake) {
  std::vector<sharder::Test> tests(9);
  std::vector<Estimate> estimates(9, {Seconds{1}, Seconds{1}, Estimate::Source::history, false});
  estimates[3].expected = Seconds{8};
  const std::vector<int> parts = partition_tests(tests, estimates, 2);
  std::map<int, double> loads;
  for (TestIndex i = 0; i < tests.size(); ++i) loads[parts[i]] += estimates[i].expected.count();
  EXPECT_EQ(loads[0], 8);
  EXPECT_EQ(loads[1], 8);
}

TEST(Partition, KeepsASmallGroupTogether) {
  std::vector<sharder::Test> tests(40);
  std::vector<Estimate> estimates(40, {Seconds{1}, Seconds{1}, Estimate::Source::history, false});
  for (const TestIndex i : {3u, 17u, 30u}) tests[i].group = "g";
  const std::vector<int> parts = partition_tests(tests, estimates, 2);
  EXPECT_EQ(parts[3], parts[17]);
  EXPECT_EQ(parts[3], parts[30]);
}

}  // namespace
}  // namespace sharder
