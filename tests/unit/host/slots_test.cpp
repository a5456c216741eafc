#include "sharder/host/slots.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "sharder/host/topology.hpp"

namespace sharder {
namespace {

constexpr std::uint64_t gibibyte = 1ull << 30;

Machine machine_of(const std::string& topology, std::uint64_t memory = 512 * gibibyte) {
  Machine machine;
  machine.cores = synthetic_cores(topology);
  machine.memory_total_bytes = machine.memory_available_bytes = memory;
  return machine;
}

WorkersChoice number(int workers) {
  return {workers, std::nullopt};
}
WorkersChoice share(double part) {
  return {std::nullopt, part};
}
const WorkersChoice automatic;

std::map<std::string, int> workers_by_cpus(const SlotPlan& plan) {
  std::map<std::string, int> counts;
  for (const Slot& slot : plan.slots) ++counts[slot.cpus];
  return counts;
}

using Counts = std::map<std::string, int>;

TEST(PlanSlots, GivesOneCoreOneWorkerThatMayUseEverything) {
  const SlotPlan plan = plan_slots(machine_of("core:1 pu:1"), automatic, {});
  EXPECT_EQ(workers_by_cpus(plan), (Counts{{"", 1}}));
  EXPECT_EQ(plan.why, "1 core");
}

TEST(PlanSlots, CountsWholeCoresNotHardwareThreads) {
  EXPECT_EQ(plan_slots(machine_of("core:4 pu:2"), automatic, {}).slots.size(), 4u);
}

TEST(PlanSlots, KeepsACoreForTheSupervisorFromEightOn) {
  EXPECT_EQ(plan_slots(machine_of("l3:1 core:7 pu:1"), automatic, {}).slots.size(), 7u);
  const SlotPlan plan = plan_slots(machine_of("l3:1 core:8 pu:1"), automatic, {});
  EXPECT_EQ(workers_by_cpus(plan), (Counts{{"0-6", 7}}));
  EXPECT_EQ(plan.why, "8 cores, one kept for sharder itself");
}

TEST(PlanSlots, KeepsClonesWithinACacheOnALargeMachine) {
  const Machine machine = machine_of("pack:2 [numa(memory=64GB)] l3:8(size=32MB) core:8 pu:2");
  const SlotPlan plan = plan_slots(machine, automatic, {});
  ASSERT_EQ(plan.slots.size(), 127u);
  const Counts counts = workers_by_cpus(plan);
  EXPECT_EQ(counts.size(), 16u);
  EXPECT_EQ(counts.at("0-15"), 8);
  EXPECT_EQ(counts.at("112-125"), 7);
  EXPECT_EQ(plan.slots.front().numa, 0);
}

TEST(PlanSlots, SpreadsFewWorkersOverTheCaches) {
  const SlotPlan plan = plan_slots(machine_of("pack:2 [numa] l3:2 core:4 pu:1"), number(4), {});
  EXPECT_EQ(workers_by_cpus(plan), (Counts{{"0-3", 1}, {"4-7", 1}, {"8-11", 1}, {"12-15", 1}}));
}

TEST(PlanSlots, GoesToTheOtherPackageBeforeTheNextCache) {
  const SlotPlan plan = plan_slots(machine_of("pack:2 [numa] l3:2 core:4 pu:1"), number(2), {});
  EXPECT_EQ(plan.slots[0].numa, 0);
  EXPECT_EQ(plan.slots[1].numa, 1);
}

TEST(PlanSlots, FillsCacheByCacheFromHalfTheCoresOn) {
  const SlotPlan plan = plan_slots(machine_of("pack:1 [numa] l3:3 core:4 pu:1"), number(9), {});
  EXPECT_EQ(workers_by_cpus(plan), (Counts{{"0-3", 4}, {"4-7", 3}, {"8-11", 2}}));
}

TEST(PlanSlots, CutsACacheThatSpansMemoryNodes) {
  // Sub-NUMA clusters: one cache over a package, memory in two halves.
  const SlotPlan plan =
      plan_slots(machine_of("pack:1 l3:1 group:2 [numa(memory=64GB)] core:6 pu:2"), automatic, {});
  EXPECT_EQ(workers_by_cpus(plan), (Counts{{"0-9", 5}, {"12-23", 6}}));
  EXPECT_EQ(plan.slots[0].numa, 0);
  EXPECT_EQ(plan.slots[1].numa, 1);
  EXPECT_EQ(plan.kept_cpus, "10-11");
}

TEST(PlanSlots, BeginsWithFastCores) {
  Machine machine = machine_of("pack:1 [numa] l3:2 core:4 pu:1");
  for (std::size_t i = 0; i < machine.cores.size(); ++i) machine.cores[i].kind = i < 4 ? 0 : 1;
  EXPECT_EQ(plan_slots(machine, number(2), {}).slots.front().cpus, "4-7");
}

TEST(PlanSlots, NeverPinsAWorkerToOneCore) {
  // A virtual machine that shows every core as a package with a cache of its own.
  const SlotPlan plan = plan_slots(machine_of("pack:4 l3:1 core:1 pu:1"), automatic, {});
  EXPECT_EQ(workers_by_cpus(plan), (Counts{{"", 4}}));
}

TEST(PlanSlots, ObeysANumberAboveTheCores) {
  const SlotPlan plan = plan_slots(machine_of("l3:2 core:4 pu:1", gibibyte), number(100), 8 * gibibyte);
  EXPECT_EQ(workers_by_cpus(plan), (Counts{{"", 100}}));
  EXPECT_EQ(plan.why, "--workers");
}

TEST(PlanSlots, TakesAShareOfTheCores) {
  EXPECT_EQ(plan_slots(machine_of("core:6 pu:2"), share(0.5), {}).slots.size(), 3u);
  EXPECT_EQ(plan_slots(machine_of("core:6 pu:2"), share(0.5), {}).why, "50% of 6 cores");
  EXPECT_EQ(plan_slots(machine_of("core:1 pu:1"), share(0.1), {}).slots.size(), 1u);
}

TEST(PlanSlots, RespectsAQuotaUnlessANumberIsGiven) {
  Machine machine = machine_of("pack:1 l3:8 core:8 pu:2");
  machine.cpu_quota = 1.5;
  EXPECT_EQ(plan_slots(machine, automatic, {}).slots.size(), 1u);
  EXPECT_EQ(plan_slots(machine, automatic, {}).why, "a CPU quota of 1.5");
  EXPECT_EQ(plan_slots(machine, number(3), {}).slots.size(), 3u);
  machine.cpu_quota = 0.5;
  EXPECT_EQ(plan_slots(machine, automatic, {}).slots.size(), 1u);
  machine.cpu_quota = 1000;
  EXPECT_EQ(plan_slots(machine, automatic, {}).slots.size(), 63u);
}

TEST(PlanSlots, RespectsMemoryInAuto) {
  const SlotPlan plan = plan_slots(machine_of("core:4 pu:1", 8 * gibibyte), automatic, 3 * gibibyte);
  EXPECT_EQ(plan.slots.size(), 2u);
  EXPECT_EQ(plan.why, "memory for 2 clones of 3.0 GiB");
  EXPECT_EQ(plan_slots(machine_of("core:4 pu:1", gibibyte), automatic, 3 * gibibyte).slots.size(), 1u);
}

TEST(PlanSlots, KeepsASlowCoreForTheSupervisorOfAHybridMachine) {
  Machine machine = machine_of("pack:1 [numa] l3:1 core:12 pu:1");
  for (std::size_t i = 0; i < machine.cores.size(); ++i) machine.cores[i].kind = i < 8 ? 1 : 0;
  EXPECT_EQ(plan_slots(machine, automatic, {}).slots.front().cpus, "0-10");
}

TEST(PlanSlots, GivesEveryAllowedCoreToSomebody) {
  for (const char* const topology :
       {"pack:2 [numa] l3:4 core:3 pu:2", "pack:1 l3:2 core:8 pu:1", "core:5 pu:2"}) {
    const Machine machine = machine_of(topology);
    const SlotPlan plan = plan_slots(machine, number(static_cast<int>(machine.cores.size())), {});
    EXPECT_EQ(plan.slots.size(), machine.cores.size());
    const std::set<std::string> sets = [&] {
      std::set<std::string> found;
      for (const Slot& slot : plan.slots) found.insert(slot.cpus);
      return found;
    }();
    EXPECT_TRUE(sets.count("") == 0 || sets.size() == 1) << topology;
  }
}

TEST(MemoryForClone, SharesOutWhatTheMachineHas) {
  const Machine machine = machine_of("core:4 pu:1", 16 * gibibyte);
  const CloneMemory clone = memory_for_clone(machine, 4, {});
  EXPECT_LE(4 * (clone.memory_bytes + clone.disk_bytes), machine.memory_available_bytes);
  EXPECT_GE(4 * (clone.memory_bytes + clone.disk_bytes), 14 * gibibyte);
  EXPECT_GT(clone.memory_bytes, clone.disk_bytes);
}

TEST(MemoryForClone, ObeysWhatIsConfigured) {
  const Machine machine = machine_of("core:4 pu:1", 16 * gibibyte);
  const CloneMemory both = memory_for_clone(machine, 400, {gibibyte, 2 * gibibyte, {}});
  EXPECT_EQ(both.memory_bytes, gibibyte);
  EXPECT_EQ(both.disk_bytes, 2 * gibibyte);
  const CloneMemory rest = memory_for_clone(machine, 4, {gibibyte, {}, {}});
  EXPECT_GT(rest.disk_bytes, 2 * gibibyte);
}

TEST(MemoryForClone, TakesFilesFromTheDiskWhereTheyLieThere) {
  const Machine machine = machine_of("core:4 pu:1", 16 * gibibyte);
  const CloneMemory clone = memory_for_clone(machine, 2, {{}, {}, 100 * gibibyte});
  EXPECT_EQ(clone.disk_bytes, 45 * gibibyte);
  EXPECT_GT(clone.memory_bytes, 7 * gibibyte);
}

TEST(MemoryForClone, KeepsASmallMinimum) {
  const CloneMemory clone = memory_for_clone(machine_of("core:4 pu:1", gibibyte), 1000, {});
  EXPECT_EQ(clone.memory_bytes, 64ull << 20);
  EXPECT_EQ(clone.disk_bytes, 64ull << 20);
}

}  // namespace
}  // namespace sharder
