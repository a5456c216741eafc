// What nesting must not open: doors tried by the root of a clone with nesting. Files are opened and not written; no
// door would harm the machine if it opened.
#include "tests/nested/nested.hpp"

namespace sharder::end_to_end {
namespace {

/// The lines that a script writes in a clone with nesting, as its root, for every door that is open.
constexpr const char* doors = R"(
try() { "$@" > /dev/null 2>&1 && echo "open: $*"; }
may_write() { for file; do test -e $file && try sh -c ": >> $file"; done; }
may_write /proc/sysrq-trigger /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sys/vm/drop_caches
may_write /proc/sys/kernel/panic /proc/kcore /sys/kernel/uevent_helper /sys/power/state /sys/kernel/mm/ksm/run
cd /sys/fs/cgroup
may_write memory/memory.limit_in_bytes pids/pids.max cpuset/cpuset.cpus devices/devices.allow memory.max pids.max
may_write */release_agent
test -d devices && mkdir devices/inner && try sh -c 'echo a > devices/inner/devices.allow'
for node in 'b 254 0' 'b 8 0' 'c 1 1' 'c 10 229' 'c 10 200'; do try mknod /tmp/node $node; done
try mknod /dev/mem c 1 1
cd /
try umount /tmp
try umount /run
try umount /.agent
for part in /.nested/*; do try umount $part; done
try ls /.nested/root/usr/share/doc/*
try ls /.nested/root$PROJECT/*
try setpriv --reuid 65534 --clear-groups ls /.nested/root
try sh -c 'head -c 1 /proc/1/mem'
try cat /.agent
try echo only this one is open
)";

TEST_F(Nested, OpensNoDoorToTheMachine) {
  outer(one_program, "nesting = true\nhide = [\"/usr/share/doc\"]");
  script("outer", "PROJECT=" + project().string() + doors + "echo all tried; exit 1");
  EXPECT_EQ(run({"--reruns", "0"}).output_of("outer"), "open: echo only this one is open\nall tried\n");
}

}  // namespace
}  // namespace sharder::end_to_end
