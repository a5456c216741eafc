#include "sharder/run/artifacts.hpp"

#include <gtest/gtest.h>

#include "sharder/support/files.hpp"

namespace sharder {
namespace {

TEST(Artifacts, AreKeptBelowADirectoryOfTheirOwn) {
  Artifacts artifacts(::testing::TempDir() + "/artifacts");
  const std::filesystem::path first = artifacts.next_directory(0), second = artifacts.next_directory(0);
  EXPECT_NE(first, second);
  EXPECT_EQ(Artifacts::keep(first, {"a/b.gcda", "bytes"}), "");
  EXPECT_EQ(read_file(first / "a/b.gcda"), "bytes");
}

TEST(Artifacts, NeverLeaveTheirDirectory) {
  const std::filesystem::path directory = ::testing::TempDir() + "/artifacts";
  for (const char* path : {"../escape", "a/../../escape", "/etc/escape", ""})
    EXPECT_NE(Artifacts::keep(directory, {path, "x"}), "") << path;
  EXPECT_FALSE(std::filesystem::exists(::testing::TempDir() + "/escape"));
}

}  // namespace
}  // namespace sharder
