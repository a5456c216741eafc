// The profiles that are compiled in, and what a run gets of them.
#include "sharder/host/hardware_profile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <set>

#include "sharder/host/profile_detect.hpp"
#include "sharder/host/profile_reader.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder {
namespace {

using testing::DoubleEq;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

HardwareProfile profile(const std::string& name) {
  return load_profile(name, "/nonexistent");
}

SlotPlan slots_of(const std::string& name, const WorkersChoice& workers = {}) {
  return plan_slots(machine_of(profile(name)), workers, std::nullopt);
}

/// The numbers in a CPU list.
std::set<int> cpus_in(const std::string& list) {
  std::set<int> cpus;
  std::size_t at = 0;
  while (at < list.size()) {
    std::size_t used = 0;
    const int first = std::stoi(list.substr(at), &used);
    at += used;
    int last = first;
    if (at < list.size() && list[at] == '-') last = std::stoi(list.substr(at + 1), &used), at += used + 1;
    for (int cpu = first; cpu <= last; ++cpu) cpus.insert(cpu);
    ++at;
  }
  return cpus;
}

TEST(HardwareProfiles, AreSix) {
  EXPECT_THAT(profile_names(),
              ElementsAre("arm-64c", "ci", "epyc-1x96c", "epyc-2x64c", "hybrid-desktop", "launchpad-2012"));
}

TEST(HardwareProfiles, TellEverythingWithItsSource) {
  for (const std::string& name : profile_names()) {
    const HardwareProfile each = profile(name);
    EXPECT_EQ(each.name, name);
    EXPECT_GT(each.memory_bytes, 0u) << name;
    EXPECT_GT(each.core_speed, 0) << name;
    EXPECT_FALSE(each.storage.empty()) << name;
    ASSERT_TRUE(each.price) << name;
    for (const char* const section : {"topology", "cpu", "memory", "storage", "speed", "price"})
      EXPECT_FALSE(each.sources.at(section).empty()) << name;
    const bool threads = each.topology.threads > static_cast<int>(each.topology.cores.size());
    EXPECT_EQ(each.smt_gain.has_value(), threads) << name;
  }
}

TEST(HardwareProfiles, KeepEveryCloneWithinOneCacheAndNode) {
  for (const std::string& name : profile_names()) {
    const HardwareProfile each = profile(name);
    std::map<int, const Core*> core_of;
    for (const Core& core : each.topology.cores)
      for (const int cpu : core.cpus) core_of[cpu] = &core;
    for (const Slot& slot : slots_of(name).slots) {
      if (slot.cpus.empty()) continue;  // one set that is the whole machine
      const std::set<int> cpus = cpus_in(slot.cpus);
      const Core& first = *core_of.at(*cpus.begin());
      for (const int cpu : cpus) {
        const Core& core = *core_of.at(cpu);
        EXPECT_EQ(std::tie(core.cache, core.numa), std::tie(first.cache, first.numa))
            << name << " " << slot.cpus;
        for (const int sibling : core.cpus) EXPECT_TRUE(cpus.count(sibling)) << name << " " << slot.cpus;
      }
      EXPECT_EQ(slot.numa, first.numa);
    }
  }
}

TEST(HardwareProfiles, KeepOneCoreFromEightUp) {
  for (const std::string& name : profile_names()) {
    const std::size_t cores = profile(name).topology.cores.size();
    const SlotPlan plan = slots_of(name);
    EXPECT_EQ(plan.slots.size(), cores < 8 ? cores : cores - 1) << name;
    EXPECT_EQ(plan.kept_cpus.empty(), cores < 8) << name;
    const std::set<int> kept = cpus_in(plan.kept_cpus);
    for (const Slot& slot : plan.slots)
      for (const int cpu : cpus_in(slot.cpus)) EXPECT_FALSE(kept.count(cpu)) << name;
  }
  EXPECT_EQ(slots_of("hybrid-desktop").kept_cpus, "23") << "a slow one";
}

TEST(HardwareProfiles, SpreadFewWorkersOverPackagesAndCaches) {
  const SlotPlan plan = slots_of("epyc-2x64c", {16, std::nullopt});
  std::set<std::string> sets;
  for (std::size_t i = 0; i < plan.slots.size(); ++i) {
    sets.insert(plan.slots[i].cpus);
    EXPECT_EQ(plan.slots[i].numa, static_cast<int>(i % 2)) << "one socket after the other";
  }
  EXPECT_EQ(sets.size(), 16u) << "a cache for each";
}

TEST(HardwareProfiles, FillCacheByCacheFromHalfTheCoresOn) {
  const auto counts = [](int workers) {
    std::map<std::string, int> by_set;
    for (const Slot& slot : slots_of("epyc-2x64c", {workers, std::nullopt}).slots) ++by_set[slot.cpus];
    std::map<int, int> sets_by_count;
    for (const auto& [cpus, count] : by_set) ++sets_by_count[count];
    return sets_by_count;
  };
  EXPECT_EQ(counts(64), (std::map<int, int>{{4, 16}}));
  EXPECT_EQ(counts(80), (std::map<int, int>{{4, 12}, {8, 4}}));
  EXPECT_EQ(counts(128), (std::map<int, int>{{8, 16}}));
}

TEST(Capacity, IsOneSpeedWhereAllCoresAreAlike) {
  const ProfileCapacity capacity = capacity_of(profile("epyc-1x96c"), {}, std::nullopt);
  EXPECT_EQ(capacity.workers, 95);
  EXPECT_EQ(capacity.speeds.size(), 95u);
  EXPECT_THAT(capacity.speeds, Each(DoubleEq(1.1)));
  EXPECT_EQ(capacity.why, "96 cores, one kept for sharder itself");
}

TEST(Capacity, PutsFastCoresFirst) {
  const ProfileCapacity capacity = capacity_of(profile("hybrid-desktop"), {}, std::nullopt);
  ASSERT_EQ(capacity.workers, 15);
  EXPECT_DOUBLE_EQ(capacity.speeds[7], 1.5);
  EXPECT_DOUBLE_EQ(capacity.speeds[8], 0.9);
  EXPECT_DOUBLE_EQ(capacity.speeds[14], 0.9);
}

TEST(Capacity, SharesWhatSmtGainsAmongWorkersBeyondTheCores) {
  const ProfileCapacity capacity = capacity_of(profile("launchpad-2012"), {32, std::nullopt}, std::nullopt);
  ASSERT_EQ(capacity.workers, 32);
  EXPECT_THAT(capacity.speeds, Each(testing::DoubleNear(0.5 * 1.2 / 2, 1e-9)));
  const ProfileCapacity crowded = capacity_of(profile("ci"), {8, std::nullopt}, std::nullopt);
  EXPECT_THAT(crowded.speeds, Each(testing::DoubleNear(0.25, 1e-9)));
}

TEST(Capacity, DoesNotSlowWorkersWhoseTestsWait) {
  const WidthEvidence waiting{.cpu_per_wall = 0.25, .tests = 1000};
  const ProfileCapacity capacity = capacity_of(profile("ci"), {}, waiting);
  EXPECT_EQ(capacity.workers, 8);
  EXPECT_THAT(capacity.speeds, Each(DoubleEq(1)));
  EXPECT_EQ(capacity.why, "2 cores: tests wait 75 % of their time");
  const ProfileCapacity faster = capacity_of(profile("epyc-1x96c"), {8, std::nullopt}, waiting);
  EXPECT_THAT(faster.speeds, Each(testing::DoubleNear(1 / (0.75 + 0.25 / 1.1), 1e-9)))
      << "waiting takes as long on a fast core";
}

TEST(Capacity, KeepsToAQuota) {
  HardwareProfile container = profile("ci");
  container.cpu_quota = 1.5;
  EXPECT_EQ(capacity_of(container, {}, std::nullopt).workers, 1);
  const ProfileCapacity capacity = capacity_of(container, {2, std::nullopt}, std::nullopt);
  EXPECT_THAT(capacity.speeds, Each(DoubleEq(0.75)));
}

TEST(LoadProfile, SuggestsTheNameThatWasMeant) {
  try {
    profile("epyc-1x96");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "there is no hardware profile \"epyc-1x96\"");
    EXPECT_EQ(error.hint(), "did you mean \"epyc-1x96c\"?");
  }
  EXPECT_THROW(profile("/nonexistent/a.toml"), ConfigError);
}

/// A project with one profile of its own.
class OwnProfile : public testing::Test {
 protected:
  OwnProfile() { std::filesystem::create_directories(project_ / "hardware-profiles"); }
  ~OwnProfile() override { std::filesystem::remove_all(project_); }

  void write(const std::string& name, int cores) const {
    write_file(
        project_ / "hardware-profiles" / (name + ".toml"),
        "format = 1\nname = \"" + name +
            "\"\ndescription = \"ours\"\n[topology]\nsynthetic = \"core:" + std::to_string(cores) +
            " pu:1\"\nsource = \"s\"\n[cpu]\nmodel = \"m\"\nsource = \"s\"\n[memory]\nsize = \"8GiB\"\n"
            "source = \"s\"\n[storage]\nclass = \"ssd\"\nsource = \"s\"\n[speed]\ncore = 1\nsource = "
            "\"s\"\n");
  }

  std::filesystem::path project_ =
      std::filesystem::temp_directory_path() / ("sharder-profile-test-" + std::to_string(::getpid()));
};

TEST_F(OwnProfile, IsFoundByNameAndByPath) {
  write("box", 3);
  EXPECT_THAT(project_profile_names(project_), ElementsAre("box"));
  EXPECT_EQ(load_profile("box", project_).topology.cores.size(), 3u);
  EXPECT_EQ(load_profile((project_ / "hardware-profiles/box.toml").string(), "/").topology.cores.size(), 3u);
  EXPECT_THAT(profile_text("box", project_), HasSubstr("ours"));
}

TEST_F(OwnProfile, GoesBeforeOneOfTheSameName) {
  write("ci", 5);
  EXPECT_EQ(load_profile("ci", project_).topology.cores.size(), 5u);
  EXPECT_EQ(load_profile("ci", "/").topology.cores.size(), 2u);
}

TEST_F(OwnProfile, ThatIsWrongIsRefusedWithAllItsMistakes) {
  write_file(project_ / "hardware-profiles/box.toml", "format = 1\nname = \"crate\"\n");
  try {
    load_profile("box", project_);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("calls itself \"crate\""));
    EXPECT_THAT(error.what(), HasSubstr("[storage] is missing"));
  }
}

TEST(DetectProfile, WritesWhatTheReaderTakes) {
  for (const bool with_xml : {false, true}) {
    const DetectedProfile found = detect_profile("2026-11-22", "/", with_xml);
    Diagnostics diagnostics;
    const HardwareProfile read =
        read_profile({.path = found.name + ".toml",
                      .name = found.name,
                      .text = found.toml,
                      .read_beside = [&](const std::string& file) -> std::optional<std::string> {
                        if (file != found.name + ".xml") return std::nullopt;
                        return found.xml;
                      }},
                     diagnostics);
    for (const Diagnostic& diagnostic : diagnostics)
      ADD_FAILURE() << to_string(diagnostic) << "\n" << found.toml;
    EXPECT_EQ(read.topology.cores.size(), detect_cores().size());
    EXPECT_GT(read.core_speed, 0.05);
    EXPECT_LT(read.core_speed, 20);
    EXPECT_THAT(found.xml, testing::Not(HasSubstr("HostName")));
  }
}

}  // namespace
}  // namespace sharder
