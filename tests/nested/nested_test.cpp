// What a run inside a clone gives, and what it says where it gives nothing.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/nested/nested.hpp"

namespace sharder::end_to_end {
namespace {

using testing::HasSubstr;

constexpr const char* scripts = "[suite.inner]\nframework = \"exec\"\nprograms = [\"t/*\"]\n";

TEST_F(Nested, WithoutNestingTheInnerRunSaysWhatIsMissing) {
  write("inner/sharder.toml", scripts);
  script("inner/t/a", "true");
  for (const char* clones : {"fresh = \"test\"", "fresh = \"worker\"", "user = \"nobody\""}) {
    const std::string output = run_inside("run", clones).output_of("outer");
    EXPECT_THAT(output, HasSubstr("this is a clone without nesting"));
    EXPECT_THAT(output, HasSubstr("set nesting = true in [clones] of the outer sharder.toml"));
    EXPECT_THAT(output, HasSubstr("status 2\n"));
  }
}

TEST_F(Nested, AnOrdinaryUserIsToldWhoMay) {
  write("inner/sharder.toml", scripts);
  script("inner/t/a", "true");
  const std::string output = run_inside("run", "nesting = true\nuser = \"nobody\"").output_of("outer");
  EXPECT_THAT(output, HasSubstr("clones in a clone take its root"));
  EXPECT_THAT(output, HasSubstr("set user = \"root\" in [clones] of the outer sharder.toml"));
  EXPECT_THAT(output, HasSubstr("status 2\n"));
}

TEST_F(Nested, ThreeDeepIsRefused) {
  const std::string programs = std::filesystem::path(binary()).parent_path().string();
  write("inner/sharder.toml", std::string(scripts) + "[clones]\nmounts = [{ source = \"" + programs +
                                  "\", target = \"" + programs + "\" }]\n");
  script("inner/t/a", binary() + " run");
  const std::string output = run_inside("run --reruns 0", "nesting = true").output_of("outer");
  EXPECT_THAT(output, HasSubstr("this is a clone in a clone: overlays lie at most two deep"));
  EXPECT_THAT(output, HasSubstr("exit status 2"));
}

TEST_F(Nested, NestingInACloneIsRefusedBeforeAnythingRuns) {
  write("inner/sharder.toml", std::string(scripts) + "[clones]\nnesting = true\n");
  script("inner/t/a", "true");
  const std::string output = run_inside("run", "nesting = true").output_of("outer");
  EXPECT_THAT(output, HasSubstr("nesting = true in a clone"));
  EXPECT_THAT(output, HasSubstr("status 2\n"));
}

TEST_F(Nested, DoctorSaysWhereItIsAndWhatIsMissing) {
  write("inner/x", "");
  std::string output = run_inside("doctor", "nesting = true").output_of("outer");
  EXPECT_THAT(output, HasSubstr("ok       nested in a clone"));
  EXPECT_THAT(output, HasSubstr("This machine can run clones."));
  EXPECT_THAT(output, HasSubstr("status 0\n"));
  output = run_inside("doctor", "").output_of("outer");
  EXPECT_THAT(output, HasSubstr("this is a clone without nesting"));
  EXPECT_THAT(output, HasSubstr("status 2\n"));
}

TEST_F(Nested, ProjectLayersServicesAndHiddenPathsAreAsOnAMachine) {
  write("inner/sharder.toml", std::string(scripts) + R"(
[clones]
user = "root"
hide = ["/usr/share/doc"]
[clones.setup]
command = "sh -c 'mkdir /opt/made; touch /opt/made/file; rm /etc/hostname; rm -r /usr/share/man; mkdir /usr/share/man'"
[clones.start]
command = "sh -c 'echo here > /run/service; exec sleep 1000'"
ready = "test -e /run/service"
)");
  script("inner/t/layer", "test -e /opt/made/file && test ! -e /etc/hostname && test -z \"$(ls -A /usr/share/man)\"");
  script("inner/t/service", "grep here /run/service && pgrep -x sleep");
  script("inner/t/hidden", "test -d /usr/share/doc && test -z \"$(ls -A /usr/share/doc)\" && ! umount /usr/share/doc");
  script("inner/t/project", "test -e sharder.toml && echo > made && rm -r t && mkdir t && test -z \"$(ls -A t)\"");
  const std::string output =
      run_inside("run --reruns 0 --fresh clone -j 2; ls -A . t", "nesting = true").output_of("outer");
  EXPECT_THAT(output, HasSubstr("4 tests: 4 passed"));
  EXPECT_THAT(output, HasSubstr("sharder.toml\nt\n"));
  EXPECT_THAT(output, HasSubstr("hidden\nlayer\nproject\nservice\n"));
}

TEST_F(Nested, WhatFailsRunsAgainInAFreshClone) {
  write("inner/sharder.toml", scripts);
  script("inner/t/dirty", "test ! -e /tmp/x && touch /tmp/x; exit 1");
  const std::string output = run_inside("run --reruns 2", "nesting = true").output_of("outer");
  EXPECT_THAT(output, HasSubstr("ran 3 times, each rerun in a fresh clone: failed, failed, failed"));
}

TEST_F(Nested, AnInnerRunThatIsKilledLeavesNothingInItsClone) {
  write("inner/sharder.toml", scripts);
  script("inner/t/sleeper", "echo > /tmp/started; sleep 6789");
  outer(one_program, "nesting = true");
  script("outer", "cd inner\n" + binary() + R"( run > /tmp/log 2>&1 &
supervisor=$!
until pgrep -f 'sleep 678[9]' > /dev/null; do
  sleep 0.05
  kill -0 $supervisor || { cat /tmp/log; exit 1; }
done
kill -9 $supervisor
for i in $(seq 100); do pgrep -f 'sleep 678[9]|sharder-launc[h]' > /dev/null || break; sleep 0.05; done
! pgrep -af 'sleep 678[9]|sharder-launc[h]' || exit 1
! awk '{print $5}' /proc/self/mountinfo | grep ^/run/sharder/ || exit 1
)" + binary() + " clean\ntest -z \"$(ls -d /sys/fs/cgroup/*/sharder-* 2> /dev/null)\"");
  const RunOutcome result = run({"--reruns", "0"});
  EXPECT_EQ(result.verdicts(), "outer=passed") << result.all();
}

}  // namespace
}  // namespace sharder::end_to_end
