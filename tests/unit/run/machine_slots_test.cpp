#include "sharder/run/machine_slots.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <memory>

namespace sharder {
namespace {

class MachineSlotsTest : public testing::Test {
 protected:
  MachineSlotsTest() : directory_(testing::TempDir() + "/slots-" + std::to_string(::getpid())) {}
  ~MachineSlotsTest() override { std::filesystem::remove_all(directory_); }

  std::filesystem::path directory_;
};

TEST_F(MachineSlotsTest, AreSharedByWhoeverIsThere) {
  const MachineSlots first(directory_, "a", 8, 8);
  EXPECT_EQ(first.share(), 8);
  EXPECT_TRUE(first.others().empty());
  auto second = std::make_unique<MachineSlots>(directory_, "b", 8, 8);
  EXPECT_EQ(first.share(), 4);
  EXPECT_EQ(second->share(), 4);
  EXPECT_EQ(first.others(), std::vector<std::string>{"b"});
  second.reset();
  EXPECT_EQ(first.share(), 8);
}

TEST_F(MachineSlotsTest, AreNotHeldByTheDead) {
  std::filesystem::create_directories(directory_);
  std::ofstream(directory_ / "a-killed") << "8\n";
  const MachineSlots alive(directory_, "b", 8, 8);
  EXPECT_EQ(alive.share(), 8);
  EXPECT_FALSE(std::filesystem::exists(directory_ / "a-killed"));
}

TEST_F(MachineSlotsTest, RunOutForTheYoungest) {
  const MachineSlots a(directory_, "a", 2, 2), b(directory_, "b", 2, 2), c(directory_, "c", 2, 2);
  EXPECT_EQ(a.share(), 1);
  EXPECT_EQ(b.share(), 1);
  EXPECT_EQ(c.share(), 0);
  EXPECT_EQ(c.active(), 1) << "one that runs all the same goes on with one worker";
}

TEST_F(MachineSlotsTest, GoToTheOldestWhateverTheRunsAreCalled) {
  const MachineSlots first(directory_, "z", 2, 1);
  const MachineSlots second(directory_, "a", 2, 1);
  std::filesystem::last_write_time(directory_ / "a",
                                   std::filesystem::last_write_time(directory_ / "z") + std::chrono::milliseconds(4));
  EXPECT_EQ(first.share(), 1);
  EXPECT_EQ(second.share(), 0);
}

}  // namespace
}  // namespace sharder
