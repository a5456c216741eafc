#include "sharder/run/test_environment.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sharder {
namespace {

bool has(const std::vector<std::string>& environment, const std::string& pair) {
  return std::find(environment.begin(), environment.end(), pair) != environment.end();
}

TEST(SuiteEnvironment, PassesOnlyWhatItIsToldTo) {
  SuiteConfig suite;
  suite.pass_environment = {"PATH", "LANG"};
  suite.environment = {{"MODE", "test"}};
  const auto environment =
      flatten(suite_environment(suite, Identity{}, {{"PATH", "/bin"}, {"LANG", "C"}, {"SECRET", "x"}}));
  EXPECT_TRUE(has(environment, "PATH=/bin"));
  EXPECT_TRUE(has(environment, "LANG=C"));
  EXPECT_TRUE(has(environment, "MODE=test"));
  EXPECT_TRUE(has(environment, "HOME=/root"));
  EXPECT_FALSE(has(environment, "SECRET=x"));
}

TEST(SuiteEnvironment, UnsetsOuterShards) {
  SuiteConfig suite;
  suite.pass_environment = {"GTEST_TOTAL_SHARDS", "TEST_SHARD_INDEX"};
  const auto environment =
      flatten(suite_environment(suite, Identity{}, {{"GTEST_TOTAL_SHARDS", "4"}, {"TEST_SHARD_INDEX", "1"}}));
  EXPECT_FALSE(has(environment, "GTEST_TOTAL_SHARDS=4"));
  EXPECT_FALSE(has(environment, "TEST_SHARD_INDEX=1"));
}

TEST(Flatten, LetsTheLastValueWin) {
  EXPECT_EQ(flatten({{"A", "1"}, {"B", "2"}, {"A", "3"}}), (std::vector<std::string>{"B=2", "A=3"}));
}

}  // namespace
}  // namespace sharder
