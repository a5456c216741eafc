#include <gtest/gtest.h>
#include <signal.h>

#include <cerrno>

#include "tests/lxc/lxc_fixture.hpp"

namespace sharder {
namespace {

class LxcExecute : public LxcTest {
 protected:
  void SetUp() override {
    LxcTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    pool_ = make_pool(settings());
    clone_ = obtain(*pool_);
  }
  void TearDown() override {
    clone_.reset();
    if (pool_) close(*pool_);
    pool_.reset();
    LxcTest::TearDown();
  }

  std::unique_ptr<ClonePool> pool_;
  std::unique_ptr<Clone> clone_;
};

TEST_F(LxcExecute, DeliversOutputAndExitStatus) {
  const Transcript transcript = shell(*clone_, "echo out; echo err >&2; exit 7");
  EXPECT_EQ(transcript.output, "out\nerr\n");
  EXPECT_EQ(transcript.ended.termination.kind, Termination::Kind::exited);
  EXPECT_EQ(transcript.ended.termination.code, 7);
  EXPECT_GT(transcript.ended.duration.count(), 0);
}

TEST_F(LxcExecute, RunsTrue) {
  const Transcript transcript = run(*clone_, request({"/bin/true"}));
  EXPECT_EQ(transcript.output, "");
  EXPECT_EQ(transcript.ended.termination.kind, Termination::Kind::exited);
  EXPECT_EQ(transcript.ended.termination.code, 0);
  EXPECT_TRUE(transcript.ended.leaks.empty());
}

TEST_F(LxcExecute, KeepsTheErrorStreamApartWhenAsked) {
  ExecuteRequest apart = request({"sh", "-c", "echo out; echo err >&2"});
  apart.merge_output = false;
  const Transcript transcript = run(*clone_, std::move(apart));
  EXPECT_EQ(transcript.output, "out\n");
  EXPECT_EQ(transcript.error_output, "err\n");
}

TEST_F(LxcExecute, TellsTheSignalThatEndedAProcess) {
  const Transcript transcript = shell(*clone_, "kill -SEGV $$");
  EXPECT_EQ(transcript.ended.termination.kind, Termination::Kind::signalled);
  EXPECT_EQ(transcript.ended.termination.code, SIGSEGV);
}

TEST_F(LxcExecute, SaysWhyACommandCannotBeStarted) {
  const Transcript transcript = run(*clone_, request({"no-such-command"}));
  EXPECT_EQ(transcript.ended.termination.kind, Termination::Kind::not_started);
  EXPECT_EQ(transcript.ended.termination.code, ENOENT);
  EXPECT_EQ(transcript.ended.termination.message, "exec no-such-command: no such file or directory");
}

}  // namespace
}  // namespace sharder
