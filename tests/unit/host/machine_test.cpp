#include "sharder/host/machine.hpp"

#include <gtest/gtest.h>

#include "sharder/host/topology.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

TEST(FormatCpuList, JoinsNeighbours) {
  EXPECT_EQ(format_cpu_list({8, 3, 2, 1, 0}), "0-3,8");
  EXPECT_EQ(format_cpu_list({5}), "5");
  EXPECT_EQ(format_cpu_list({}), "");
}

TEST(Topology, KeepsHardwareThreadsOfACoreTogether) {
  const std::vector<Core> cores = synthetic_cores("pack:2 [numa(memory=64GB)] l3:8 core:8 pu:2");
  ASSERT_EQ(cores.size(), 128u);
  EXPECT_EQ(cores[0].cpus, (std::vector<int>{0, 1}));
  EXPECT_EQ(cores[127].numa, 1);
  EXPECT_EQ(cores[127].package, 1);
  EXPECT_EQ(cores[127].cache, 15);
}

TEST(Topology, TakesTheMemoryNodeWhereNoCacheIsTold) {
  const std::vector<Core> cores = synthetic_cores("pack:2 [numa] core:2 pu:1");
  ASSERT_EQ(cores.size(), 4u);
  EXPECT_EQ(cores[1].cache, cores[0].cache);
  EXPECT_NE(cores[2].cache, cores[0].cache);
}

TEST(Topology, RefusesNonsense) {
  EXPECT_THROW(synthetic_cores("a rack of cores"), SystemError);
}

TEST(KeepOnly, DropsThreadsAndEmptyCores) {
  std::vector<Core> cores = synthetic_cores("core:3 pu:2");
  keep_only(cores, {0, 1, 3});
  ASSERT_EQ(cores.size(), 2u);
  EXPECT_EQ(cores[1].cpus, std::vector<int>{3});
}

TEST(DetectMachine, FindsAtLeastACoreAndSomeMemory) {
  const Machine machine = detect_machine();
  EXPECT_FALSE(machine.cores.empty());
  EXPECT_GT(machine.memory_available_bytes, 0u);
  EXPECT_LE(machine.memory_available_bytes, machine.memory_total_bytes);
}

}  // namespace
}  // namespace sharder
