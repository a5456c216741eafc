// A machine that loses one clone after the other ends the run; tests that kill theirs do not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/run/simulated_run.hpp"

namespace sharder {
namespace {

using testing::HasSubstr;

FakeBehaviour kills_its_clone() {
  FakeBehaviour behaviour;
  behaviour.kills_clone = true;
  return behaviour;
}

TEST(LossWatch, EndsARunThatOnlyLosesClones) {
  SimulatedRun run;
  run.add_many(200);
  run.script = [](const std::string&, int) { return kills_its_clone(); };
  run.run(2);
  EXPECT_EQ(run.result.exit_status, 3);
  EXPECT_LT(run.record.lost_clones.size(), 40u) << "it must stop, not try all tests three times";
  EXPECT_THAT(run.record.finished.incomplete, HasSubstr("lost"));
  EXPECT_EQ(run.record.verdicts.size(), 200u) << "every test has a verdict all the same";
  EXPECT_EQ(run.clones_left, 0);
}

TEST(LossWatch, LetsARunGoOnWhereAttemptsComeToAnEnd) {
  SimulatedRun run;
  run.add_many(200);
  run.script = [](const std::string& test, int) { return test.back() == '7' ? kills_its_clone() : exits(0); };
  run.run(2);
  EXPECT_EQ(run.record.finished.counts.passed + run.record.finished.counts.lost, 200);
  EXPECT_EQ(run.record.finished.counts.lost, 20);
}

}  // namespace
}  // namespace sharder
