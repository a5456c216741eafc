#include "sharder/host/pressure.hpp"

#include <gtest/gtest.h>

#include <map>

namespace sharder {
namespace {

const std::string psi =
    "some avg10=0.31 avg60=0.08 avg300=0.02 total=2500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=13\n";

std::string psi_of(int microseconds) {
  return "some avg10=0.00 avg60=0.00 avg300=0.00 total=" + std::to_string(microseconds) + "\n";
}

class Meter : public testing::Test {
 protected:
  PressureSample sample_after(Seconds span) {
    now_ = after(now_, span);
    return meter_.sample(now_);
  }

  std::map<std::string, std::string> files_{{"/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 400 kB\n"}};
  PressureMeter meter_{[this](const std::string& path) -> std::optional<std::string> {
                         const auto found = files_.find(path);
                         return found == files_.end() ? std::nullopt
                                                      : std::optional<std::string>(found->second);
                       },
                       "/cg/run"};
  TimePoint now_{std::chrono::hours(1)};
};

TEST(Parsers, ReadTheirFiles) {
  EXPECT_DOUBLE_EQ(psi_total(psi).value(), 2.5);
  EXPECT_DOUBLE_EQ(
      schedstat_waited(
          "version 15\ntimestamp 1\ncpu0 0 0 9 9 9 9 100 500000000 9\ndomain0 3 1\ncpu1 0 0 9 9 9 9 100 "
          "1000000000 9\n")
          .value(),
      1.5);
  EXPECT_DOUBLE_EQ(
      vmstat_waited("pgmajfault 1000000\nallocstall_normal 100\nworkingset_refault_file 1000\npswpin 0\n")
          .value(),
      0.2);
  EXPECT_DOUBLE_EQ(iowait_total("cpu  100 0 50 1000 250 0 0\ncpu0 1 2 3 4 5\n").value(), 2.5);
}

TEST(Parsers, MakeNothingOfNonsense) {
  for (const char* const text :
       {"", "\n", "some", "some total=", "some total=x\n", "cpu", "cpu x x x x x x x x x",
        "allocstall_normal x\n", "full avg10=0 total=5\n"}) {
    EXPECT_FALSE(psi_total(text)) << text;
    EXPECT_FALSE(schedstat_waited(text)) << text;
    EXPECT_FALSE(vmstat_waited(text)) << text;
    EXPECT_FALSE(iowait_total(text)) << text;
  }
}

TEST_F(Meter, TellsSharesFromTheSecondSampleOn) {
  files_["/cg/run/cpu.pressure"] = psi_of(1'000'000);
  EXPECT_FALSE(sample_after(Seconds(1)).cpu.share);
  files_["/cg/run/cpu.pressure"] = psi_of(1'500'000);
  const PressureSample sample = sample_after(Seconds(2));
  EXPECT_DOUBLE_EQ(sample.cpu.share.value(), 0.25);
  EXPECT_EQ(sample.cpu.source, PressureSource::cgroup_psi);
  EXPECT_EQ(sample.memory_total_bytes, 1000u * 1024);
  EXPECT_EQ(sample.memory_available_bytes, 400u * 1024);
}

TEST_F(Meter, FallsBackFromTheGroupToTheMachineToOlderCounters) {
  files_["/proc/pressure/memory"] = psi;
  files_["/proc/vmstat"] = "allocstall_normal 0\n";
  files_["/proc/stat"] = "cpu  0 0 0 0 0\n";
  files_["/proc/schedstat"] = "cpu0 0 0 9 9 9 9 100 0 9\n";
  sample_after(Seconds(1));
  files_["/proc/stat"] = "cpu  0 0 0 0 50\n";
  files_["/proc/schedstat"] = "cpu0 0 0 9 9 9 9 100 5000000000 9\n";
  const PressureSample sample = sample_after(Seconds(1));
  EXPECT_EQ(sample.memory.source, PressureSource::machine_psi);
  EXPECT_DOUBLE_EQ(sample.memory.share.value(), 0);
  EXPECT_EQ(sample.io.source, PressureSource::iowait);
  EXPECT_DOUBLE_EQ(sample.io.share.value(), 0.5);
  EXPECT_EQ(sample.cpu.source, PressureSource::schedstat);
  EXPECT_DOUBLE_EQ(sample.cpu.share.value(), 1) << "never above the whole time";
  files_.erase("/proc/pressure/memory");
  EXPECT_EQ(sample_after(Seconds(1)).memory.source, PressureSource::vmstat);
}

TEST_F(Meter, NeverComparesTwoSources) {
  files_["/cg/run/cpu.pressure"] = psi_of(1);
  sample_after(Seconds(1));
  files_.erase("/cg/run/cpu.pressure");
  files_["/proc/pressure/cpu"] = psi_of(900'000);
  EXPECT_FALSE(sample_after(Seconds(1)).cpu.share);
  EXPECT_DOUBLE_EQ(sample_after(Seconds(1)).cpu.share.value(), 0);
}

TEST_F(Meter, SaysThatItKnowsNothing) {
  files_.clear();
  sample_after(Seconds(1));
  const PressureSample sample = sample_after(Seconds(1));
  EXPECT_FALSE(sample.cpu.share || sample.memory.share || sample.io.share);
  EXPECT_EQ(sample.cpu.source, PressureSource::none);
  EXPECT_EQ(sample.memory_total_bytes, 0u);
}

TEST_F(Meter, KeepsToTheLimitsOfTheControlGroup) {
  files_["/proc/self/cgroup"] = "0::/box\n";
  files_["/proc/self/mountinfo"] = "29 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
  files_["/sys/fs/cgroup/box/memory.max"] = "204800\n";
  files_["/sys/fs/cgroup/box/memory.current"] = "102400\n";
  const PressureSample sample = sample_after(Seconds(1));
  EXPECT_EQ(sample.memory_total_bytes, 204800u);
  EXPECT_EQ(sample.memory_available_bytes, 102400u);
}

}  // namespace
}  // namespace sharder
