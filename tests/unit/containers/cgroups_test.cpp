#include <gtest/gtest.h>

#include "containers/cgroups/counters.hpp"
#include "containers/cgroups/hierarchies.hpp"
#include "containers/cgroups/limits.hpp"
#include "sharder/support/errors.hpp"

namespace sharder::cgroups {
namespace {

constexpr const char* hybrid_mounts =
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
    "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
constexpr const char* hybrid_groups =
    "9:name=systemd:/init.scope\n8:memory:/\n2:cpu,cpuacct:/outer\n0::/init.scope\n";

std::string no_controllers(const std::string&) {
  return "hugetlb\n";
}
std::string usual_controllers(const std::string&) {
  return "cpuset cpu io memory pids\n";
}

TEST(Hierarchies, FindsEveryControllerOfAHybridMachine) {
  const Hierarchies hierarchies = Hierarchies::parse(hybrid_mounts, hybrid_groups, &no_controllers);
  ASSERT_EQ(hierarchies.all().size(), 4u);
  ASSERT_NE(hierarchies.find("cpuacct"), nullptr);
  EXPECT_EQ(hierarchies.find("cpuacct")->directory, "/sys/fs/cgroup/cpu,cpuacct/outer");
  EXPECT_EQ(hierarchies.find("memory")->directory, "/sys/fs/cgroup/memory");
  EXPECT_EQ(hierarchies.find("memory")->version, 1);
  EXPECT_EQ(hierarchies.find("hugetlb")->directory, "/sys/fs/cgroup/unified");
  EXPECT_EQ(hierarchies.find("pids"), nullptr);
}

TEST(Hierarchies, FindsEverythingInOnePlaceOnVersionTwo) {
  const Hierarchies hierarchies = Hierarchies::parse("41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
                                                     "0::/init.scope\n", &usual_controllers);
  for (const char* controller : {"memory", "pids", "cpuset"}) {
    ASSERT_NE(hierarchies.find(controller), nullptr);
    EXPECT_EQ(hierarchies.find(controller)->version, 2);
    EXPECT_EQ(hierarchies.find(controller)->directory, "/sys/fs/cgroup");
  }
}

TEST(Hierarchies, SeesItsPartOfAHierarchyInsideAContainer) {
  const Hierarchies hierarchies =
      Hierarchies::parse("35 31 0:32 /lxc/outer /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
                         "8:memory:/lxc/outer/inner\n", &no_controllers);
  EXPECT_EQ(hierarchies.find("memory")->directory, "/sys/fs/cgroup/memory/inner");
}

TEST(Hierarchies, SurvivesNonsense) {
  EXPECT_TRUE(Hierarchies::parse("a b c\n- - - - - - - -\n\n", ":::\nx\n", &no_controllers).all().empty());
}

TEST(Limits, SpeakTheLanguageOfTheVersionThatHoldsTheController) {
  const Hierarchies one = Hierarchies::parse(hybrid_mounts, hybrid_groups, &no_controllers);
  const std::vector<Setting> settings = settings_for({1 << 20, 0, ""}, one);
  ASSERT_EQ(settings.size(), 1u);
  EXPECT_EQ(settings[0].key(), "lxc.cgroup.memory.limit_in_bytes");
  const Hierarchies two = Hierarchies::parse("41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
                                             "0::/\n", &usual_controllers);
  EXPECT_EQ(settings_for({1 << 20, 0, ""}, two)[0].key(), "lxc.cgroup2.memory.max");
}

TEST(Limits, KeepMemoryToANode) {
  const Hierarchies two = Hierarchies::parse("41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
                                             "0::/\n", &usual_controllers);
  const std::vector<Setting> settings = settings_for({.cpus = "8-15", .memory_node = 1}, two);
  ASSERT_EQ(settings.size(), 2u);
  EXPECT_EQ(settings[1].key(), "lxc.cgroup2.cpuset.mems");
  EXPECT_EQ(settings[1].value, "1");
}

TEST(Limits, KnowTheMemoryNodesThatWeMayUse) {
  const char* status = "Name:\tsharder\nMems_allowed:\t0d\nMems_allowed_list:\t0,2-3\n";
  EXPECT_TRUE(may_use_memory_node(0, status));
  EXPECT_TRUE(may_use_memory_node(3, status));
  EXPECT_FALSE(may_use_memory_node(1, status));
  EXPECT_FALSE(may_use_memory_node(-1, status));
  EXPECT_FALSE(may_use_memory_node(0, "Name:\tsharder\n"));
}

TEST(Limits, NameTheControllerThatIsMissing) {
  const Hierarchies hierarchies = Hierarchies::parse(hybrid_mounts, hybrid_groups, &no_controllers);
  try {
    settings_for({0, 10, ""}, hierarchies);
    FAIL();
  } catch (const ContainerError& error) {
    EXPECT_NE(std::string(error.what()).find("\"pids\""), std::string::npos);
  }
}

TEST(Limits, KnowWhatTheKernelMakesOfAValue) {
  EXPECT_TRUE(means_the_same({"memory", "memory.max", "1000000", 2}, "999424"));
  EXPECT_FALSE(means_the_same({"memory", "memory.max", "1000000", 2}, "max"));
  EXPECT_FALSE(means_the_same({"memory", "memory.max", "1000000", 2}, "2000000"));
  EXPECT_TRUE(means_the_same({"cpuset", "cpuset.cpus", "0,1,2,5", 1}, "0-2,5"));
  EXPECT_FALSE(means_the_same({"cpuset", "cpuset.cpus", "0,1", 1}, "0-3"));
  EXPECT_FALSE(means_the_same({"pids", "pids.max", "40", 1}, "max"));
}

TEST(Counters, FindAKeyAndNotOneThatBeginsLikeIt) {
  const char* stat = "rss_huge 7\nrss 12\ntotal_rss 34\n";
  EXPECT_EQ(value_of(stat, "rss"), 12u);
  EXPECT_EQ(value_of(stat, "total_rss"), 34u);
  EXPECT_EQ(value_of(stat, "huge"), 0u);
  EXPECT_EQ(value_of("", "rss"), 0u);
}

}  // namespace
}  // namespace sharder::cgroups
