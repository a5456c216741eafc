#include "sharder/run/layer_cache.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/unit/report/temporary_directory.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours month{30 * 24};

class LayerCache : public testing::Test {
 protected:
  fs::path file(const std::string& name, std::chrono::hours unused) {
    const fs::path path = directory_.path() / name;
    std::ofstream(path) << "layer";
    fs::last_write_time(path, now_ - unused);
    return path;
  }

  TemporaryDirectory directory_;
  const fs::file_time_type now_ = fs::file_time_type::clock::now();
};

TEST_F(LayerCache, LosesWhatNobodyUsedForLong) {
  const fs::path old = file("aa.layer", 2 * month), torn = file("bb.layer.20260101-000000-1a", 2 * month);
  const fs::path young = file("cc.layer", std::chrono::hours{1}), foreign = file("notes.txt", 2 * month);
  prune_layers(directory_.path(), now_ - month);
  EXPECT_FALSE(fs::exists(old));
  EXPECT_FALSE(fs::exists(torn));
  EXPECT_TRUE(fs::exists(young));
  EXPECT_TRUE(fs::exists(foreign));
}

TEST_F(LayerCache, KeepsWhatIsUsed) {
  const fs::path old = file("aa.layer", 2 * month);
  mark_used(old);
  prune_layers(directory_.path(), now_ - month);
  EXPECT_TRUE(fs::exists(old));
}

TEST_F(LayerCache, MayNotBeThereYet) { prune_layers(directory_.path() / "none", now_); }

}  // namespace
}  // namespace sharder
