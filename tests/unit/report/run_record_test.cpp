#include "sharder/report/run_record.hpp"

#include <gtest/gtest.h>

#include "tests/unit/report/sample_run.hpp"

namespace sharder {
namespace {

TEST(RunRecord, CountsWhatTheRunCounted) {
  RunRecord record;
  feed(record, sample_run());
  ASSERT_TRUE(record.finished());
  EXPECT_EQ(record.counts(), record.finished()->counts);
}

TEST(RunRecord, JudgesTestsOfAKilledRun) {
  EventMaker make;
  make(sample_start());
  make.list("unit/a");
  make.list("unit/b");
  make(AttemptStarted{0, 1, 0, "c1"});
  make(AttemptFinished{attempt_of(0, 1, Outcome::failed, 1)});
  RunRecord record;
  feed(record, make.events);
  EXPECT_FALSE(record.finished());
  EXPECT_EQ(record.tests()[0].judged(), Verdict::lost);
  EXPECT_EQ(record.tests()[1].judged(), Verdict::not_run);
}

TEST(RunRecord, LetsAnAttemptStandForTheVerdict) {
  RunRecord record;
  feed(record, sample_run());
  EXPECT_EQ(record.tests()[1].decisive()->record.attempt, 2);
  EXPECT_EQ(record.tests()[2].decisive()->record.outcome, Outcome::passed);
  EXPECT_EQ(record.tests()[6].decisive(), nullptr);
}

TEST(RunRecord, KeepsOutputOnlyOfWhatFailedAndNotAllOfIt) {
  EventMaker make;
  make(sample_start());
  make.list("unit/a");
  AttemptRecord loud = attempt_of(0, 1, Outcome::failed, 1);
  loud.output = std::string(1 << 20, 'x');
  make(AttemptFinished{loud});
  loud.outcome = Outcome::passed;
  loud.attempt = 2;
  make(AttemptFinished{loud});
  RunRecord record;
  feed(record, make.events);
  const auto& attempts = record.tests()[0].attempts;
  EXPECT_LT(attempts[0].record.output.size(), 70u * 1024);
  EXPECT_GT(attempts[0].record.output.size(), 60u * 1024);
  EXPECT_EQ(attempts[1].record.output, "");
  EXPECT_NE(attempts[1].log, "");
}

TEST(RunRecord, RemembersWhenAttemptsBeganAndEnded) {
  RunRecord record;
  feed(record, sample_run());
  const RunRecord::Attempt& attempt = record.tests()[0].attempts[0];
  EXPECT_EQ(attempt.finished - attempt.started, std::chrono::milliseconds(100));
}

}  // namespace
}  // namespace sharder
