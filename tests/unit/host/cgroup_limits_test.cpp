#include "sharder/host/cgroup_limits.hpp"

#include <gtest/gtest.h>

#include <map>

namespace sharder {
namespace {

using Files = std::map<std::string, std::string>;

CgroupLimits limits_of(const Files& files) {
  return read_cgroup_limits([&](const std::string& path) -> std::optional<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return std::nullopt;
    return found->second;
  });
}

const std::string v2_mounts =
    "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

TEST(CgroupLimits, TakesTheSmallestAlongTheChain) {
  const CgroupLimits limits = limits_of({
      {"/proc/self/cgroup", "0::/user.slice/a/b\n"},
      {"/proc/self/mountinfo", v2_mounts},
      {"/sys/fs/cgroup/user.slice/a/b/cpu.max", "max 100000\n"},
      {"/sys/fs/cgroup/user.slice/a/cpu.max", "150000 100000\n"},
      {"/sys/fs/cgroup/user.slice/cpu.max", "400000 100000\n"},
      {"/sys/fs/cgroup/user.slice/a/b/memory.max", "max\n"},
      {"/sys/fs/cgroup/user.slice/memory.max", "1000000\n"},
      {"/sys/fs/cgroup/user.slice/memory.current", "600000\n"},
      {"/sys/fs/cgroup/user.slice/memory.stat", "anon 100\ninactive_file 200000\n"},
  });
  EXPECT_DOUBLE_EQ(limits.cpu_quota.value(), 1.5);
  EXPECT_EQ(limits.memory_limit_bytes, 1000000u);
  EXPECT_EQ(limits.memory_available_bytes, 600000u);
}

TEST(CgroupLimits, UnderstandsAHybridMachine) {
  const CgroupLimits limits = limits_of({
      {"/proc/self/cgroup", "4:memory:/box\n3:cpuset:/\n1:cpu,cpuacct:/box\n0::/\n"},
      {"/proc/self/mountinfo",
       "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
       "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
       "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"},
      {"/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "250000\n"},
      {"/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n"},
      {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n"},
      {"/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"},
      {"/sys/fs/cgroup/memory/box/memory.limit_in_bytes", "9223372036854771712\n"},
      {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "5000\n"},
      {"/sys/fs/cgroup/memory/memory.usage_in_bytes", "2000\n"},
  });
  EXPECT_DOUBLE_EQ(limits.cpu_quota.value(), 2.5);
  EXPECT_EQ(limits.memory_limit_bytes, 5000u);
  EXPECT_EQ(limits.memory_available_bytes, 3000u);
}

TEST(CgroupLimits, ReadsAContainersOwnGroupAtTheTopOfItsMount) {
  const Files common{
      {"/proc/self/mountinfo", "29 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n"},
      {"/sys/fs/cgroup/cpu.max", "50000 100000\n"},
  };
  Files hosts_path = common, namespaced = common, sibling = common;
  hosts_path["/proc/self/cgroup"] = "0::/docker/abc\n";
  namespaced["/proc/self/cgroup"] = "0::/\n";
  sibling["/proc/self/cgroup"] = "0::/../other\n";
  for (const Files& files : {hosts_path, namespaced, sibling})
    EXPECT_DOUBLE_EQ(limits_of(files).cpu_quota.value(), 0.5);
}

TEST(CgroupLimits, KnowsNoLimitWhereNothingCanBeRead) {
  const CgroupLimits limits =
      limits_of({{"/proc/self/cgroup", "nonsense\n0::/x\n"}, {"/proc/self/mountinfo", "1 2 -\n"}});
  EXPECT_FALSE(limits.cpu_quota);
  EXPECT_FALSE(limits.memory_limit_bytes);
  EXPECT_FALSE(limits.memory_available_bytes);
}

TEST(MeminfoField, IsInBytes) {
  const std::string meminfo = "MemTotal:       24684084 kB\nMemAvailable:   24344788 kB\n";
  EXPECT_EQ(meminfo_field(meminfo, "MemAvailable"), 24344788ull * 1024);
  EXPECT_FALSE(meminfo_field(meminfo, "Mem"));
}

}  // namespace
}  // namespace sharder
