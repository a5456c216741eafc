#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "tests/lxc/lxc_fixture.hpp"

namespace sharder {
namespace {

class LxcCell : public LxcCloneTest {};

TEST_F(LxcCell, RunsACommand) {
  const Transcript transcript = shell(*clone_, "echo hello; cat hello; exit 3", true);
  EXPECT_EQ(transcript.clone_gone, "");
  EXPECT_EQ(transcript.output, "hello\nhello\n");
  EXPECT_EQ(transcript.ended.termination.code, 3);
}

TEST_F(LxcCell, StartsFromTheSameFilesWhateverRanBefore) {
  const std::string script =
      "ls /tmp /etc/made /dev/shm 2>/dev/null; cat hello; "
      "touch /tmp/x /etc/made /dev/shm/y; echo changed > hello; rm -f /etc/hostname";
  const Transcript first = shell(*clone_, script, true), second = shell(*clone_, script, true);
  EXPECT_EQ(first.output, "/dev/shm:\n\n/tmp:\nhello\n");
  EXPECT_EQ(second.output, first.output);
}

TEST_F(LxcCell, ListsTheFilesThatWereWritten) {
  const Transcript transcript = shell(*clone_, "echo > /etc/made; rm /etc/passwd; echo >> hello", true);
  EXPECT_EQ(transcript.ended.wrote,
            (std::vector<std::string>{"/etc/made", "/etc/passwd (removed)", project() + "/hello"}));
}

TEST_F(LxcCell, NamesAndKillsWhatOutlivesTheTest) {
  const Transcript transcript = shell(*clone_, leave_sleeping("1234"), true);
  ASSERT_EQ(transcript.ended.leaks.size(), 1u);
  EXPECT_EQ(transcript.ended.leaks[0].command, "sleep 1234");
  EXPECT_EQ(shell(*clone_, "cat /proc/*/comm | grep -c sleep", false).output, "0\n");
}

TEST_F(LxcCell, SeesItsOwnProcessesOnly) {
  EXPECT_EQ(shell(*clone_, "echo $$ /proc/[0-9]*", true).output, "2 /proc/1 /proc/2\n");
}

}  // namespace
}  // namespace sharder
