#include <gtest/gtest.h>
#include <signal.h>

#include <cerrno>

#include "tests/lxc/lxc_fixture.hpp"

namespace sharder {
namespace {

class LxcExecute : public LxcCloneTest {};

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

TEST_F(LxcExecute, SaysWhyADirectoryCannotBeEntered) {
  ExecuteRequest elsewhere = request({"true"});
  elsewhere.directory = "/nowhere";
  const Transcript transcript = run(*clone_, std::move(elsewhere));
  EXPECT_EQ(transcript.ended.termination.kind, Termination::Kind::not_started);
  EXPECT_EQ(transcript.ended.termination.message, "enter /nowhere: no such file or directory");
}

TEST_F(LxcExecute, FeedsStandardInput) {
  ExecuteRequest fed = request({"cat"});
  fed.feed = true;
  const std::unique_ptr<Execution> execution = wait_for(clone_->execute(std::move(fed)));
  const std::string much(300000, 'x');
  execution->write("one\n");
  execution->write(much);
  execution->close_input();
  EXPECT_EQ(finish(*execution).output, "one\n" + much);
}

TEST_F(LxcExecute, OffersChannelsToAdapters) {
  ExecuteRequest adapter = request({"sh", "-c", "read line <&3; echo got $line >&4; echo output"});
  adapter.channels = true;
  const std::unique_ptr<Execution> execution = wait_for(clone_->execute(std::move(adapter)));
  execution->write("ping\n");
  const Transcript transcript = finish(*execution);
  EXPECT_EQ(transcript.result, "got ping\n");
  EXPECT_EQ(transcript.output, "output\n");
}

TEST_F(LxcExecute, PutsFilesInPlaceAndBringsTheResultFileBack) {
  for (const bool cell : {false, true}) {
    ExecuteRequest files =
        request({"sh", "-c", "cat /run/sharder/ids > /run/sharder/result; stat -c %a%u /run/sharder/ids"});
    files.cell = cell;
    files.user = ordinary_user();
    files.files = {{"ids", "a\nb\n", 0644}};
    files.result_file = "/run/sharder/result";
    const Transcript transcript = run(*clone_, std::move(files));
    EXPECT_EQ(transcript.result, "a\nb\n");
    EXPECT_EQ(transcript.output, "6440\n");
  }
}

TEST_F(LxcExecute, DoesNotBringBackWhatALinkPointsTo) {
  ExecuteRequest linked = request({"ln", "-s", "/etc/passwd", "/run/sharder/result"});
  linked.result_file = "/run/sharder/result";
  EXPECT_EQ(run(*clone_, std::move(linked)).result, "");
}

TEST_F(LxcExecute, CollectsFilesOfTheProject) {
  ExecuteRequest collecting =
      request({"sh", "-c", "mkdir -p a/b; echo 1 > a/b/x.gcda; echo 2 > y.gcda; ln -s /etc/passwd z.gcda"});
  collecting.cell = true;
  collecting.collect = {"**/*.gcda"};
  const Transcript transcript = run(*clone_, std::move(collecting));
  ASSERT_EQ(transcript.collected.size(), 2u);
  EXPECT_EQ(transcript.collected[0].path, "a/b/x.gcda");
  EXPECT_EQ(transcript.collected[0].bytes, "1\n");
  EXPECT_EQ(transcript.collected[1].path, "y.gcda");
}

TEST_F(LxcExecute, BringsToolsForThoseWhoLookInside) {
  const std::string files = "mkdir -p d/e; touch d/e/x_test d/y_test; ";
  EXPECT_EQ(shell(*clone_, files + "/.agent glob '**/*_test' | tr '\\0' '\\n'", true).output,
            project() + "/d/e/x_test\n" + project() + "/d/y_test\n");
  EXPECT_EQ(
      shell(*clone_, "/.agent pty 30 100 -- sh -c 'stty size; tty > /dev/null && exit 5' < /dev/null", true)
          .output,
      "30 100\r\n");
}

TEST_F(LxcExecute, RunsAsTheUserWhoWasNamed) {
  ExecuteRequest as_user =
      request({"sh", "-c", "id -u; id -g; cat /proc/self/oom_score_adj; echo again > /dev/stdout"});
  as_user.user = ordinary_user();
  EXPECT_EQ(run(*clone_, std::move(as_user)).output, "1000\n1000\n500\nagain\n");
}

TEST_F(LxcExecute, GivesTheProcessNothingButItsStreams) {
  EXPECT_EQ(shell(*clone_, "ls /proc/self/fd | tr '\\n' ' '").output,
            "0 1 2 3 ");  // 3 is the listed directory
  EXPECT_EQ(shell(*clone_, "ls /proc/self/fd | tr '\\n' ' '", true).output, "0 1 2 3 ");
}

TEST_F(LxcExecute, KillsWithTheSignalThatWasAsked) {
  for (const bool cell : {false, true}) {
    ExecuteRequest sleeping = request({"sleep", "1000"});
    sleeping.cell = cell;
    const std::unique_ptr<Execution> execution = wait_for(clone_->execute(std::move(sleeping)));
    const auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(30);
    EXPECT_FALSE(wait_for(execution->next(soon)));
    execution->kill(SIGTERM);
    const Transcript transcript = finish(*execution);
    EXPECT_EQ(transcript.ended.termination.kind, Termination::Kind::signalled);
    EXPECT_EQ(transcript.ended.termination.code, SIGTERM);
  }
}

TEST_F(LxcExecute, KillingTakesTheDescendantsToo) {
  for (const bool cell : {false, true}) {
    ExecuteRequest family = request({"sh", "-c", "setsid sleep 4321 & sleep 4321"});
    family.cell = cell;
    const std::unique_ptr<Execution> execution = wait_for(clone_->execute(std::move(family)));
    const auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
    EXPECT_FALSE(wait_for(execution->next(soon)));
    execution->kill(SIGKILL);
    EXPECT_EQ(finish(*execution).ended.termination.code, SIGKILL);
    EXPECT_EQ(shell(*clone_, "cat /proc/*/cmdline | tr '\\0' ' ' | grep -c 'sleep 432[1]'").output, "0\n");
  }
}

TEST_F(LxcExecute, EndsAProcessThatNobodyListensToAnyMore) {
  wait_for(clone_->execute(request({"sleep", "8765"})));  // and dropped at once
  EXPECT_EQ(shell(*clone_, "sleep 0.05; cat /proc/*/cmdline | tr '\\0' ' ' | grep -c 'sleep 876[5]'").output,
            "0\n");
}

}  // namespace
}  // namespace sharder
