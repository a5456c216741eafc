#include "sharder/run/exit_status.hpp"

#include <gtest/gtest.h>

namespace sharder {
namespace {

TEST(ExitStatus, IsTheFirstThatApplies) {
  const auto status = [](RunEnd end, FlakyPolicy policy = FlakyPolicy::pass) { return exit_status_of(end, policy); };
  Counts failed, lost, flaky, cut;
  failed.failed = failed.not_run = 1;
  lost.lost = lost.failed = 1;
  flaky.flaky = 1;
  cut.not_run = 1;
  EXPECT_EQ(status({2, false, failed}), 130);
  EXPECT_EQ(status({15, false, lost}), 143);
  EXPECT_EQ(status({0, false, lost}), 3);
  EXPECT_EQ(status({0, true, {}}), 3);
  EXPECT_EQ(status({0, false, failed}), 1);
  EXPECT_EQ(status({0, false, cut}), 3);
  EXPECT_EQ(status({0, false, flaky}), 0);
  EXPECT_EQ(status({0, false, flaky}, FlakyPolicy::warn), 6);
  EXPECT_EQ(status({0, false, flaky}, FlakyPolicy::fail), 1);
}

}  // namespace
}  // namespace sharder
