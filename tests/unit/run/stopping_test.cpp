#include <gtest/gtest.h>

#include "tests/unit/run/simulated_run.hpp"

namespace sharder {
namespace {

TEST(Stopping, DrainLetsRunningTestsFinish) {
  SimulatedRun run;
  run.add_many(10, Seconds{10});
  run.at(Seconds{15}, [](Cancellation& cancellation) { cancellation.drain("interrupted"); });
  run.run(2);
  EXPECT_EQ(run.record.finished.counts.passed, 4);
  EXPECT_EQ(run.record.finished.counts.not_run, 6);
  EXPECT_EQ(run.clones_left, 0);
}

TEST(Stopping, CancelKillsRunningTests) {
  SimulatedRun run;
  run.add_many(10, Seconds{10});
  run.at(Seconds{15}, [](Cancellation& cancellation) { cancellation.cancel("interrupted"); });
  run.run(2);
  EXPECT_EQ(run.record.finished.counts.passed, 2);
  EXPECT_EQ(run.record.finished.counts.not_run, 8);
  EXPECT_LT(run.virtual_duration.count(), 16);
  EXPECT_EQ(run.clones_left, 0);
}

TEST(Stopping, CancelDuringTheStartLeavesNothing) {
  SimulatedRun run;
  run.add_many(3);
  run.at(Seconds{0.001}, [](Cancellation& cancellation) { cancellation.cancel("interrupted"); });
  run.run(2);
  EXPECT_EQ(run.clones_left, 0);
  EXPECT_NE(run.result.exit_status, 0);
}

TEST(Stopping, FailFastStartsNothingNew) {
  SimulatedRun run;
  run.add_many(10, Seconds{10});
  run.config.run.fail_fast = 1;
  run.config.run.reruns = 0;
  run.script = [](const std::string& test, int) {
    FakeBehaviour behaviour;
    behaviour.termination.code = test == "t0" ? 1 : 0;
    return behaviour;
  };
  run.run(2);
  EXPECT_EQ(run.result.exit_status, 1);
  EXPECT_EQ(run.record.finished.counts.failed, 1);
  EXPECT_GE(run.record.finished.counts.not_run, 7);
}

TEST(Stopping, DeadlineMakesTheRunIncomplete) {
  SimulatedRun run;
  run.add_many(10, Seconds{10});
  run.config.run.deadline = Seconds{25};
  run.run(1);
  EXPECT_EQ(run.result.exit_status, 3);
  EXPECT_EQ(run.record.finished.counts.passed, 2);
  EXPECT_EQ(run.record.finished.counts.not_run, 8);
}

TEST(Stopping, LeavesNoTestWithoutVerdict) {
  for (double when = 0.5; when < 40; when += 1.7) {
    SimulatedRun run;
    run.add_many(10, Seconds{7});
    run.at(Seconds{when}, [](Cancellation& cancellation) { cancellation.cancel("stop"); });
    run.run(3);
    const Counts& counts = run.record.finished.counts;
    EXPECT_EQ(counts.selected, counts.passed + counts.not_run + counts.lost) << when;
    EXPECT_EQ(run.clones_left, 0) << when;
  }
}

}  // namespace
}  // namespace sharder
