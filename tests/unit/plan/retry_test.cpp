#include "sharder/plan/retry.hpp"

#include <gtest/gtest.h>

namespace sharder {
namespace {

using Kind = NextStep::Kind;
const RetryPolicy policy{.reruns = 2, .loss_limit = 3};

TEST(DecideNextStep, BelievesAFirstPass) {
  EXPECT_EQ(decide_next_step({Outcome::passed}, policy).verdict, Verdict::passed);
  EXPECT_EQ(decide_next_step({Outcome::expected_failure}, policy).verdict, Verdict::passed);
  EXPECT_EQ(decide_next_step({Outcome::skipped}, policy).verdict, Verdict::skipped);
}

TEST(DecideNextStep, RerunsEveryKindOfFailure) {
  for (const Outcome failure :
       {Outcome::failed, Outcome::crashed, Outcome::timed_out, Outcome::leaked, Outcome::unexpected_success})
    EXPECT_EQ(decide_next_step({failure}, policy).kind, Kind::rerun) << to_string(failure);
}

TEST(DecideNextStep, NeverForgetsAFailure) {
  const NextStep step = decide_next_step({Outcome::failed, Outcome::passed}, policy);
  EXPECT_EQ(step.kind, Kind::finish);
  EXPECT_EQ(step.verdict, Verdict::flaky);
}

TEST(DecideNextStep, FailsATestThatNeverPassed) {
  EXPECT_EQ(decide_next_step({Outcome::failed, Outcome::failed}, policy).kind, Kind::rerun);
  const NextStep step = decide_next_step({Outcome::failed, Outcome::crashed, Outcome::failed}, policy);
  EXPECT_EQ(step.kind, Kind::finish);
  EXPECT_EQ(step.verdict, Verdict::failed);
}

TEST(DecideNextStep, DoesNotChargeLossesToTheTest) {
  EXPECT_EQ(decide_next_step({Outcome::lost}, policy).kind, Kind::retry);
  EXPECT_EQ(decide_next_step({Outcome::lost, Outcome::lost, Outcome::passed}, policy).verdict, Verdict::passed);
  EXPECT_EQ(decide_next_step({Outcome::lost, Outcome::lost, Outcome::lost}, policy).verdict, Verdict::lost);
  EXPECT_EQ(decide_next_step({Outcome::failed, Outcome::lost}, policy).kind, Kind::rerun);
}

TEST(TooManyFailures, NeedsBothTwentyAndTheShare) {
  EXPECT_FALSE(too_many_failures(20, 20, 0.05));
  EXPECT_TRUE(too_many_failures(21, 100, 0.05));
  EXPECT_FALSE(too_many_failures(21, 1000, 0.05));
}

TEST(CauseOf, CallsDeterministicOnlyWhatFailedAgainAndAgain) {
  EXPECT_EQ(cause_of(Verdict::failed, {Outcome::failed, Outcome::crashed}), "deterministic");
  EXPECT_EQ(cause_of(Verdict::failed, {Outcome::failed}), "unknown");
  EXPECT_EQ(cause_of(Verdict::failed, {Outcome::failed, Outcome::lost}), "unknown");
  EXPECT_EQ(cause_of(Verdict::failed, {Outcome::failed, Outcome::lost, Outcome::failed}), "deterministic");
  EXPECT_EQ(cause_of(Verdict::flaky, {Outcome::failed, Outcome::passed}), "unknown");
  EXPECT_EQ(cause_of(Verdict::passed, {Outcome::passed}), "");
}

TEST(WorstVerdict, CountsOneFailureInAnyClone) {
  EXPECT_EQ(worst_verdict({Outcome::passed, Outcome::failed}), Verdict::failed);
  EXPECT_EQ(worst_verdict({Outcome::passed, Outcome::passed}), Verdict::passed);
  EXPECT_EQ(worst_verdict({}), Verdict::not_run);
}

TEST(WorstVerdict, CountsALostCloneOnlyWhereNoOtherTold) {
  EXPECT_EQ(worst_verdict({Outcome::lost, Outcome::passed}), Verdict::passed);
  EXPECT_EQ(worst_verdict({Outcome::skipped, Outcome::lost}), Verdict::skipped);
  EXPECT_EQ(worst_verdict({Outcome::lost, Outcome::lost}), Verdict::lost);
}

}  // namespace
}  // namespace sharder
