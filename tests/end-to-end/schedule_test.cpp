// What one run learns for the next: order, the tests that failed, parts of a suite; and what the plan says beforehand.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {
namespace {

using testing::HasSubstr;
using testing::Not;

class Scheduling : public EndToEnd {
 protected:
  void SetUp() override {
    EndToEnd::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    exec_suite();
    script("t/quick", "sleep 0.05");
    script("t/middling", "sleep 0.3");
    script("t/slow", "sleep 0.8");
  }

  Words with_history(Words words) const {
    words.insert(words.begin() + 1, {"--history", (outside() / "history.db").string()});
    return words;
  }
  RunOutcome run_with_history(Words words = {}) {
    words.insert(words.begin(), "run");
    return outcome(sharder(with_history(std::move(words))));
  }
  static std::string started(const RunOutcome& run) {
    std::string order;
    for (const Json& event : run.events("attempt.started")) order += event.at("test").get<std::string>() + " ";
    return order;
  }
};

TEST_F(Scheduling, TheSecondRunStartsWithWhatTookLongest) {
  const RunOutcome first = run_with_history({"-j", "1"});
  EXPECT_EQ(first.status, 0) << first.all();
  const RunOutcome second = run_with_history({"-j", "1"});
  EXPECT_EQ(started(second), "t/slow t/middling t/quick ") << second.all();
}

TEST_F(Scheduling, EveryRunIsHeldAgainstTheLowerBound) {
  const RunOutcome result = run_with_history({"-j", "2"});
  const Json finished = result.events("run.finished").at(0);
  EXPECT_GE(finished.at("makespan").get<double>(), finished.at("lower_bound_seconds").get<double>() - 1e-6);
  EXPECT_GT(finished.at("lower_bound_seconds").get<double>(), finished.at("startup_seconds").get<double>() + 0.8);
  EXPECT_THAT(result.all(), HasSubstr("x the lower bound of "));
  EXPECT_THAT(result.all(), HasSubstr("the longest test, t/slow"));
}

TEST_F(Scheduling, WhatFailedRunsAgainAloneUntilItPasses) {
  script("t/broken", "exit 1");
  EXPECT_EQ(run_with_history({"--reruns", "0"}).status, 1);
  const RunOutcome again = run_with_history({"--failed", "--reruns", "0"});
  EXPECT_EQ(again.verdicts(), "t/broken=failed");
  script("t/broken", "true");
  EXPECT_EQ(run_with_history({"--failed"}).verdicts(), "t/broken=passed");
  const RunOutcome nothing = run_with_history({"--failed"});
  EXPECT_EQ(nothing.status, 0) << nothing.all();
}

TEST_F(Scheduling, FailedNeedsAHistory) {
  const Transcript refused = sharder({"run", "--failed", "--no-history"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.error_output, HasSubstr("--failed takes a history"));
}

TEST_F(Scheduling, PartsAreBalancedByTimeAndFitTogether) {
  for (int i = 0; i < 8; ++i) script("t/small" + std::to_string(i), "sleep 0.1");
  EXPECT_EQ(run_with_history().status, 0);
  const RunOutcome one = run_with_history({"--partition", "1/2"});
  const RunOutcome two = run_with_history({"--partition", "2/2"});
  const std::string all = one.verdicts() + " " + two.verdicts();
  EXPECT_EQ(std::count(all.begin(), all.end(), '='), 11) << all;
  for (const char* id : {"t/quick=", "t/middling=", "t/slow=", "t/small0=", "t/small7="})
    EXPECT_THAT(all, HasSubstr(id));
  const std::string& with_slow = one.verdicts().find("t/slow=") != std::string::npos ? one.verdicts() : two.verdicts();
  EXPECT_LE(std::count(with_slow.begin(), with_slow.end(), '='), 4) << with_slow;
}

TEST_F(Scheduling, DissolvedLocksSayWhatTheySaved) {
  toml(
      "[suite.tests]\nframework = \"exec\"\nprograms = [\"t/*\"]\n[run]\nlocks = \"dissolve\"\n"
      "[[override]]\nmatch = \"t/\"\nlocks = [\"db\"]\n");
  script("t/slow", "sleep 1");
  script("t/middling", "sleep 1");
  // So many that two are left beside another run on this machine.
  const RunOutcome result = run_with_history({"-j", "4"});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(result.all(), HasSubstr("dissolved locks saved at least"));
}

TEST_F(Scheduling, MoreCoresThanThereAreIsRefusedBeforeAnythingStarts) {
  toml(
      "[suite.tests]\nframework = \"exec\"\nprograms = [\"t/*\"]\n"
      "[[override]]\nmatch = \"t/slow\"\ncores = 640\n");
  const Transcript refused = sharder({"run", "--no-history"});
  EXPECT_EQ(refused.status, 2) << refused.all();
  EXPECT_THAT(refused.error_output, HasSubstr("wants cores = 640"));
}

TEST_F(Scheduling, ThePlanTellsMakespanBoundAndOrder) {
  EXPECT_EQ(run_with_history({"-j", "2"}).status, 0);
  const Transcript plan = sharder(with_history({"plan", "-j", "2"}));
  EXPECT_EQ(plan.status, 0) << plan.all();
  EXPECT_THAT(plan.output, HasSubstr("3 tests: all of them are known from 1 run"));
  EXPECT_THAT(plan.output, HasSubstr("this machine"));
  EXPECT_THAT(plan.output, HasSubstr("the longest test, t/slow"));
  EXPECT_LT(plan.output.find("t/slow\n"), plan.output.find("t/quick\n"));
}

TEST_F(Scheduling, ThePlanOfOtherMachinesKnowsTheirWidth) {
  EXPECT_EQ(run_with_history({"-j", "2"}).status, 0);
  const Transcript plan = sharder(with_history({"plan", "--profile", "all"}));
  EXPECT_EQ(plan.status, 0) << plan.all();
  EXPECT_THAT(plan.output, Not(HasSubstr("this machine")));
  const Transcript unknown = sharder(with_history({"plan", "--profile", "none"}));
  EXPECT_EQ(unknown.status, 2);
}

TEST_F(Scheduling, ABrokenHistoryIsSetAsideAndTheRunGoesOn) {
  std::ofstream(outside() / "history.db") << "this is not a database, and never was one; it only looks like a file";
  const RunOutcome result = run_with_history();
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(result.error_output, HasSubstr("history"));
}

}  // namespace
}  // namespace sharder::end_to_end
