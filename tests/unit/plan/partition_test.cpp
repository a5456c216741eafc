#include "sharder/plan/partition.hpp"

#include <gtest/gtest.h>

#include <map>

namespace sharder {
namespace {

TEST(Partition, TakesEveryNthTestWithoutEstimates) {
  const std::vector<sharder::Test> tests(5);
  EXPECT_EQ(partition_tests(tests, std::vector<Estimate>(5), 2), (std::vector<int>{0, 1, 0, 1, 0}));
}

std::vector<sharder::Test> tests_named(const std::vector<std::string>& ids) {
  std::vector<sharder::Test> tests;
  for (const std::string& id : ids) tests.emplace_back().id = id;
  return tests;
}

TEST(Partition, GoesByTheIdsWhateverTheOrderOfTheList) {
  const std::vector<Estimate> unknown(4), known(4, {Seconds{1}, Seconds{1}, Estimate::Source::history, false});
  for (const std::vector<Estimate>& estimates : {unknown, known}) {
    EXPECT_EQ(partition_tests(tests_named({"a", "b", "c", "d"}), estimates, 2), (std::vector{0, 1, 0, 1}));
    EXPECT_EQ(partition_tests(tests_named({"d", "a", "b", "c"}), estimates, 2), (std::vector{1, 0, 1, 0}));
  }
}

TEST(Partition, DigestsTellDivisionsApart) {
  const std::vector<sharder::Test> tests = tests_named({"a", "b", "c"});
  const std::string digest = division_digest(tests, {0, 1, 0}, 2);
  EXPECT_EQ(division_digest(tests_named({"c", "b", "a"}), {0, 1, 0}, 2), digest)
      << "the order of the list does not matter";
  EXPECT_NE(division_digest(tests, {0, 1, 1}, 2), digest) << "other parts";
  EXPECT_NE(division_digest(tests, {0, 1, 0}, 3), digest) << "another number of parts";
  EXPECT_NE(division_digest(tests_named({"a", "b"}), {0, 1}, 2), digest) << "other tests";
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
