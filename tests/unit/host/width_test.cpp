#include "sharder/host/width.hpp"

#include <gtest/gtest.h>

#include "sharder/host/slots.hpp"
#include "sharder/host/topology.hpp"

namespace sharder {
namespace {

constexpr std::uint64_t mebibyte = 1ull << 20, gibibyte = 1ull << 30;

Machine machine_of(const std::string& topology, std::uint64_t memory = 512 * gibibyte) {
  Machine machine;
  machine.cores = synthetic_cores(topology);
  machine.memory_total_bytes = machine.memory_available_bytes = memory;
  return machine;
}

WidthEvidence evidence(double cpu_per_wall, std::uint64_t memory = 0) {
  return {.cpu_per_wall = cpu_per_wall, .memory_bytes = memory, .tests = 1000};
}

/// "6 (why)" for -j auto.
std::string width(const Machine& machine, const std::optional<WidthEvidence>& known,
                  std::optional<std::uint64_t> bytes_per_clone = std::nullopt) {
  const SlotPlan plan = plan_slots(machine, {}, bytes_per_clone, known);
  return std::to_string(plan.slots.size()) + " (" + plan.why + ")";
}

TEST(Width, IsTheCoresWithoutEvidence) {
  EXPECT_EQ(width(machine_of("core:2 pu:1"), std::nullopt), "2 (2 cores)");
}

TEST(Width, GivesWaitingTestsMoreWorkersThanCores) {
  EXPECT_EQ(width(machine_of("core:2 pu:1"), evidence(0.2)), "10 (2 cores: tests wait 80 % of their time)");
  EXPECT_EQ(width(machine_of("core:2 pu:1"), evidence(0.6)), "3 (2 cores: tests wait 40 % of their time)");
}

TEST(Width, GivesComputingTestsNoMore) {
  EXPECT_EQ(width(machine_of("core:2 pu:1"), evidence(0.95)),
            "2 (2 cores: tests compute 95 % of their time)");
  EXPECT_EQ(width(machine_of("core:2 pu:1"), evidence(0.7)), "2 (2 cores: tests compute 70 % of their time)");
  EXPECT_EQ(width(machine_of("core:2 pu:1"), evidence(3.5)),
            "2 (2 cores: tests compute 100 % of their time)");
}

TEST(Width, SaysWhatItWouldBeWithoutEvidence) {
  const Machine machine = machine_of("core:2 pu:1");
  EXPECT_EQ(plan_slots(machine, {}, {}, evidence(0.2)).unwidened, 2);
  EXPECT_EQ(plan_slots(machine, {}, {}).unwidened, 2);
  EXPECT_EQ(plan_slots(machine, {9, std::nullopt}, {}, evidence(0.2)).unwidened, 9) << "a number is obeyed";
}

TEST(Width, IsAtMostEightTimesTheCores) {
  EXPECT_EQ(plan_slots(machine_of("core:2 pu:1"), {}, {}, evidence(0.001)).slots.size(), 16u);
  EXPECT_EQ(plan_slots(machine_of("core:2 pu:1"), {}, {}, evidence(0)).slots.size(), 16u);
}

TEST(Width, IsAtMostTheTests) {
  WidthEvidence few = evidence(0.1);
  few.tests = 25;
  EXPECT_EQ(plan_slots(machine_of("core:4 pu:1"), {}, {}, few).slots.size(), 25u);
  few.tests = 3;
  EXPECT_EQ(plan_slots(machine_of("core:4 pu:1"), {}, {}, few).slots.size(), 4u);
}

TEST(Width, CountsWhatAQuotaPaysForWhenTestsWait) {
  Machine machine = machine_of("core:8 pu:2");
  machine.cpu_quota = 1.5;
  EXPECT_EQ(width(machine, evidence(0.3)), "5 (a CPU quota of 1.5: tests wait 70 % of their time)");
  EXPECT_EQ(width(machine, evidence(1)), "1 (a CPU quota of 1.5: tests compute 100 % of their time)");
}

TEST(Width, StopsAtMemory) {
  const Machine small = machine_of("core:8 pu:1", 6 * gibibyte);
  EXPECT_EQ(width(small, evidence(1, 900 * mebibyte)), "6 (memory for 6 clones of 900.0 MiB, as measured)");
  const Machine two = machine_of("core:2 pu:1", 6 * gibibyte);
  EXPECT_EQ(width(two, evidence(0.1, 900 * mebibyte)),
            "6 (2 cores: tests wait 90 % of their time, memory for no more clones of 900.0 MiB, as measured)");
}

TEST(Width, KeepsRoomForTheHungriestTestWhenItWidens) {
  WidthEvidence uneven = evidence(0.1, 100 * mebibyte);
  uneven.largest_bytes = 2 * gibibyte;
  EXPECT_EQ(plan_slots(machine_of("core:2 pu:1", 11 * gibibyte), {}, {}, uneven).slots.size(), 4u);
  EXPECT_EQ(plan_slots(machine_of("core:2 pu:1", 3 * gibibyte), {}, {}, uneven).slots.size(), 2u);
}

TEST(Width, BelievesTheConfigurationBeforeTheEvidence) {
  EXPECT_EQ(width(machine_of("core:4 pu:1", 8 * gibibyte), evidence(0.1, 10 * mebibyte), 3 * gibibyte),
            "2 (memory for 2 clones of 3.0 GiB)");
}

TEST(Width, OfANumberOrAShareIsNotWidened) {
  EXPECT_EQ(plan_slots(machine_of("core:2 pu:1"), {3, std::nullopt}, {}, evidence(0.1)).slots.size(), 3u);
  EXPECT_EQ(plan_slots(machine_of("core:2 pu:1"), {std::nullopt, 0.5}, {}, evidence(0.1)).slots.size(), 1u);
}

TEST(Width, SharesAllCpusWhereItIsAboveTheCores) {
  const SlotPlan plan = plan_slots(machine_of("pack:2 [numa] l3:2 core:4 pu:1"), {}, {}, evidence(0.5));
  EXPECT_EQ(plan.slots.size(), 30u) << "as many as keep the cores busy that are not kept";
  EXPECT_EQ(plan.slots.front().cpus, "");
  EXPECT_EQ(plan.kept_cpus, "");
}

Past past_of(int tests, double cpu, Seconds wall, std::uint64_t memory = 0) {
  Past past;
  for (int i = 0; i < tests; ++i) {
    PastTest& test = past.tests["t" + std::to_string(i)];
    test.durations = 1;
    test.expected = wall;
    test.cpu_seconds = cpu;
    test.memory_bytes = memory;
  }
  return past;
}

TEST(Evidence, IsTheShareOfTimeThatTestsCompute) {
  Past past = past_of(20, 0.5, Seconds(2), 10 * mebibyte);
  past.tests["long"] = {.durations = 1, .expected = Seconds(60), .cpu_seconds = 15, .memory_bytes = gibibyte};
  const std::optional<WidthEvidence> found = evidence_from(past);
  ASSERT_TRUE(found);
  EXPECT_DOUBLE_EQ(found->cpu_per_wall, 0.25);
  EXPECT_EQ(found->tests, 21);
  EXPECT_EQ(found->memory_bytes, 10 * mebibyte) << "one in twenty may be larger";
  EXPECT_EQ(found->largest_bytes, gibibyte);
}

TEST(Evidence, TakesMoreThanAHandfulOfTests) {
  EXPECT_FALSE(evidence_from(past_of(19, 0.5, Seconds(2))));
  EXPECT_TRUE(evidence_from(past_of(20, 0.5, Seconds(2))));
}

TEST(Evidence, TakesTestsWhoseCpuTimeIsKnown) {
  EXPECT_FALSE(evidence_from(past_of(1000, 0, Seconds(2))));
  Past failed = past_of(1000, 1, Seconds(2));
  for (auto& [id, test] : failed.tests) test.durations = 0;
  EXPECT_FALSE(evidence_from(failed));
}

TEST(Evidence, TakesTheMiddleOfWhatEndedAndWhatPeaked) {
  Past past = past_of(20, 0.5, Seconds(2), 100 * mebibyte);
  for (auto& [id, test] : past.tests) test.memory_peak_bytes = 300 * mebibyte;
  EXPECT_EQ(evidence_from(past)->memory_bytes, 200 * mebibyte);
}

}  // namespace
}  // namespace sharder
