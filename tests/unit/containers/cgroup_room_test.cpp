#include "containers/cgroups/room.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "sharder/support/files.hpp"

namespace sharder::cgroups {
namespace {

namespace fs = std::filesystem;

/// A directory with the files of a group that holds no process.
class CgroupRoom : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::temp_directory_path() / ("cgroup-room-" + std::to_string(::getpid()));
    fs::create_directories(directory_);
    for (const char* file : {"cgroup.procs", "cgroup.subtree_control"}) std::ofstream(directory_ / file) << "";
  }
  void TearDown() override { fs::remove_all(directory_); }

  Hierarchies hierarchies(const std::string& type, std::string (*controllers)(const std::string&)) const {
    return Hierarchies::parse("41 31 0:38 / " + directory_.string() + " rw - " + type + " none rw,memory\n",
                              type == "cgroup2" ? "0::/\n" : "4:memory:/\n", controllers);
  }
  std::string switches() const { return read_file(directory_ / "cgroup.subtree_control"); }

  fs::path directory_;
};

std::string memory_and_io(const std::string&) {
  return "io memory\n";
}
std::string io_alone(const std::string&) {
  return "io\n";
}

TEST_F(CgroupRoom, HandsOnWhatLimitsNeedAndNothingElse) {
  make_room(hierarchies("cgroup2", &memory_and_io));
  EXPECT_EQ(switches(), "+memory");
  EXPECT_TRUE(fs::is_directory(directory_ / "init.scope"));
}

TEST_F(CgroupRoom, MovesNobodyWhereNothingIsToBeHandedOn) {
  make_room(hierarchies("cgroup2", &io_alone));
  make_room(hierarchies("cgroup", &memory_and_io));
  std::ofstream(directory_ / "cgroup.subtree_control") << "memory\n";
  make_room(hierarchies("cgroup2", &memory_and_io));
  EXPECT_EQ(switches(), "memory\n");
  EXPECT_FALSE(fs::exists(directory_ / "init.scope"));
}

}  // namespace
}  // namespace sharder::cgroups
