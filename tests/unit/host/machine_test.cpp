#include "sharder/host/machine.hpp"

#include <gtest/gtest.h>

#include "sharder/host/topology.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

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
  EXPECT_THROW(xml_cores("of ships and shoes"), SystemError);
  EXPECT_THROW(xml_cores(""), SystemError);
}

TEST(Topology, OfAHybridMachineTellsSlowAndFastCores) {
  const std::string xml =
      read_file(std::string(SHARDER_TEST_DATA) + "/../hardware-profiles/hybrid-desktop.xml");
  const MachineTopology machine = xml_topology(xml);
  ASSERT_EQ(machine.cores.size(), 16u);
  EXPECT_EQ(machine.threads, 24);
  EXPECT_EQ(machine.kinds, 2);
  EXPECT_EQ(machine.packages, 1);
  EXPECT_EQ(machine.nodes_bytes, 64ull << 30);
  EXPECT_EQ(machine.cpu_model, "12th Gen Intel(R) Core(TM) i9-12900K");
  EXPECT_EQ(machine.cores.front().kind, 1);
  EXPECT_EQ(machine.cores.front().cpus, (std::vector<int>{0, 1}));
  EXPECT_EQ(machine.cores.back().kind, 0);
  EXPECT_EQ(machine.cores.back().cpus, std::vector<int>{23});
}

TEST(Topology, OfThisMachineSurvivesItsXml) {
  const std::vector<Core> here = detect_cores(), there = xml_cores(export_topology_xml());
  ASSERT_EQ(there.size(), here.size());
  for (std::size_t i = 0; i < here.size(); ++i) EXPECT_EQ(there[i].cpus, here[i].cpus);
}

Machine machine_called(const std::string& model, int cores, double gibibytes) {
  Machine machine;
  machine.cpu_model = model;
  machine.architecture = "x86_64";
  machine.cores.resize(static_cast<std::size_t>(cores), {{0}});
  machine.memory_total_bytes = static_cast<std::uint64_t>(gibibytes * (1 << 30));
  return machine;
}

TEST(HostClass, IsAShortPlainName) {
  EXPECT_EQ(host_class(machine_called("AMD EPYC 7763 64-Core Processor", 2, 23.5)), "amd-epyc-7763-2c-24g");
  EXPECT_EQ(host_class(machine_called("Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz", 16, 60.2)),
            "intel-xeon-e5-2670-0-16c-64g");
  EXPECT_EQ(host_class(machine_called("Intel(R) Core(TM) i9-12900K", 16, 62.7)), "intel-i9-12900k-16c-64g");
  EXPECT_EQ(host_class(machine_called("", 4, 0.9)), "x86-64-4c-1g");
}

TEST(HostClass, IsTheSameForEqualMachines) {
  // Two kernels, two counts of what is left after booting.
  EXPECT_EQ(host_class(machine_called("x", 8, 31.1)), host_class(machine_called("x", 8, 31.4)));
  EXPECT_EQ(host_class(machine_called("x", 8, 503.2)), host_class(machine_called("x", 8, 503.9)));
  EXPECT_NE(host_class(machine_called("x", 8, 31.1)), host_class(machine_called("x", 8, 62.9)));
  Machine limited = machine_called("x", 8, 16);
  limited.cpu_quota = 1.5;
  EXPECT_EQ(host_class(limited), "x-1c-16g");
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
