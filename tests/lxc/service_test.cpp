#include <gmock/gmock.h>

#include "tests/lxc/lxc_fixture.hpp"

namespace sharder {
namespace {

class LxcService : public LxcCloneTest {
 protected:
  Transcript start_service(const std::string& script) {
    ExecuteRequest service = request({"sh", "-c", script});
    service.role = ExecuteRequest::Role::service;
    return run(*clone_, std::move(service));
  }
};

constexpr const char* server = R"(python3 -c '
import os, socket, sys
if os.fork(): sys.exit()
os.setsid()
s = socket.socket(socket.AF_UNIX)
s.bind("%s")
os.chmod("%s", 0o777)
s.listen()
while True:
    c, _ = s.accept()
    c.sendall(b"served")
    c.close()
' > /dev/null 2>&1; while ! test -S %s; do sleep 0.01; done)";

std::string server_at(const std::string& path) {
  std::string script = server;
  for (std::size_t at = script.find("%s"); at != std::string::npos; at = script.find("%s"))
    script.replace(at, 2, path);
  return script;
}

std::string client_of(const std::string& path) {
  return "python3 -c 'import socket; s = socket.socket(socket.AF_UNIX); s.connect(\"" + path +
         "\"); print(s.recv(9).decode())'";
}

TEST_F(LxcService, OutlivesItsStarterAndTheTestsBesideIt) {
  EXPECT_EQ(start_service(server_at("/run/s.sock")).ended.termination.code, 0);
  const Transcript test =
      shell(*clone_, client_of("/run/s.sock") + "; " + leave_sleeping("999"));
  EXPECT_EQ(test.output, "served\n");
  ASSERT_EQ(test.ended.leaks.size(), 1u);
  EXPECT_EQ(test.ended.leaks[0].command, "sleep 999");
  EXPECT_EQ(shell(*clone_, client_of("/run/s.sock")).output, "served\n");
}

TEST_F(LxcService, IsReachedFromCellsThatShareItsRunDirectory) {
  start_service(server_at("/run/s.sock"));
  start_service(server_at("/tmp/other.sock"));
  ExecuteRequest test = request(
      {"sh", "-c", client_of("/run/s.sock") + "; " + client_of("/tmp/other.sock") + "; ls /run/sharder"});
  test.cell = true;
  test.share_run = true;
  const Transcript transcript = run(*clone_, std::move(test));
  EXPECT_EQ(transcript.output, "served\nserved\n");
  EXPECT_TRUE(transcript.ended.leaks.empty());
}

TEST_F(LxcService, MayGoOnWritingAfterItsStarterEnded) {
  start_service("(while sleep 0.01; do echo alive; echo x >> /run/beats; done) &");
  const std::string wait =
      "i=0; until test \"$(cat /run/beats 2>/dev/null | wc -l)\" -gt 9; do "
      "i=$((i+1)); test $i -lt 500 || exit 1; sleep 0.01; done; echo beating";
  EXPECT_EQ(shell(*clone_, wait).output, "beating\n");
}

TEST_F(LxcService, IsNeverHeldUpByItsOwnOutput) {
  ExecuteRequest talking = request({"sh", "-c", "yes | head -c 5000000; touch /run/said; exec sleep 999"});
  talking.role = ExecuteRequest::Role::service;
  const std::unique_ptr<Execution> service = wait_for(clone_->execute(std::move(talking)));
  const std::string wait =
      "i=0; until test -e /run/said; do i=$((i+1)); test $i -lt 500 || exit 1; sleep 0.01; done; echo said";
  EXPECT_EQ(shell(*clone_, wait).output, "said\n");
}

TEST_F(LxcService, SharesPathsWithCellsThatAskForThem) {
  start_service("mkdir -p /srv/common; echo before > /srv/common/file");
  ExecuteRequest writing = request({"sh", "-c", "cat /srv/common/file; echo after > /srv/common/file"});
  writing.cell = true;
  writing.share = {"/srv/common"};
  EXPECT_EQ(run(*clone_, writing).output, "before\n");
  EXPECT_EQ(run(*clone_, writing).output, "after\n");
}

TEST_F(LxcService, LeavesNothingWhenItIsAHelper) {
  ExecuteRequest helper = request({"sh", "-c", "setsid sleep 777 > /dev/null 2>&1 &"});
  helper.role = ExecuteRequest::Role::helper;
  EXPECT_TRUE(run(*clone_, std::move(helper)).ended.leaks.empty());
  EXPECT_EQ(shell(*clone_, "cat /proc/*/cmdline | tr '\\0' ' ' | grep -c 'sleep 77[7]'").output, "0\n");
}

TEST_F(LxcService, DiesWhenItsExecutionIsKilled) {
  ExecuteRequest foreground = request({"sh", "-c", "setsid sleep 555 & sleep 555"});
  foreground.role = ExecuteRequest::Role::service;
  const std::unique_ptr<Execution> execution = wait_for(clone_->execute(std::move(foreground)));
  const auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  EXPECT_FALSE(wait_for(execution->next(soon)));
  execution->kill(9);
  finish(*execution);
  EXPECT_EQ(shell(*clone_, "cat /proc/*/cmdline | tr '\\0' ' ' | grep -c 'sleep 55[5]'").output, "0\n");
}

TEST_F(LxcService, ACheckpointNamesAndKillsWhatTheLastTestLeft) {
  for (const bool cell : {false, true}) {
    ExecuteRequest runner = request({"sh", "-c", "while read line; do sh -c \"$line\"; echo done; done"});
    runner.cell = cell;
    runner.feed = true;
    const std::unique_ptr<Execution> execution = wait_for(clone_->execute(std::move(runner)));
    execution->write(leave_sleeping("333") + "\n");
    const auto later = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    ASSERT_TRUE(wait_for(execution->next(later)));
    const Checkpoint first = wait_for(execution->checkpoint());
    ASSERT_EQ(first.leaks.size(), 1u);
    EXPECT_EQ(first.leaks[0].command, "sleep 333");
    EXPECT_FALSE(first.clone_gone);
    EXPECT_TRUE(wait_for(execution->checkpoint()).leaks.empty());
    execution->write("true\n");
    execution->close_input();
    EXPECT_TRUE(finish(*execution).ended.leaks.empty());
  }
}

TEST_F(LxcService, NamesALeakThatIsBecomingAnotherProgram) {
  const std::string again = "exec sh -c \"$again\" 2> /dev/null";
  ExecuteRequest runner = request({"sh", "-c", R"(while read line; do
    (setsid sh -c "$again" & while grep -q setsid /proc/$!/cmdline; do sleep 0.01; done)
    echo
  done)"});
  runner.environment.push_back("again=" + again);
  runner.feed = true;
  const std::unique_ptr<Execution> execution = wait_for(clone_->execute(std::move(runner)));
  for (int round = 0; round < 50; ++round) {
    execution->write("\n");
    ASSERT_TRUE(wait_for(execution->next(std::chrono::steady_clock::now() + std::chrono::seconds(10))));
    const Checkpoint left = wait_for(execution->checkpoint());
    ASSERT_EQ(left.leaks.size(), 1u);
    EXPECT_THAT(left.leaks[0].command, testing::HasSubstr("sh -c " + again));
  }
  execution->close_input();
  finish(*execution);
}

}  // namespace
}  // namespace sharder
