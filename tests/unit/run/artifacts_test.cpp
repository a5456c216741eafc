#include "sharder/run/artifacts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sharder/support/files.hpp"

namespace sharder {
namespace {

TEST(Artifacts, AreKeptBelowADirectoryOfTheirOwn) {
  Artifacts artifacts(::testing::TempDir() + "/artifacts");
  const std::filesystem::path first = artifacts.next_directory(0), second = artifacts.next_directory(0);
  EXPECT_NE(first, second);
  EXPECT_EQ(artifacts.keep(first, {"a/b.gcda", "bytes"}), "");
  EXPECT_EQ(read_file(first / "a/b.gcda"), "bytes");
}

TEST(Artifacts, NeverLeaveTheirDirectory) {
  const std::filesystem::path directory = ::testing::TempDir() + "/artifacts";
  Artifacts artifacts(directory);
  for (const char* path : {"../escape", "a/../../escape", "/etc/escape", ""})
    EXPECT_NE(artifacts.keep(directory, {path, "x"}), "") << path;
  EXPECT_FALSE(std::filesystem::exists(::testing::TempDir() + "/escape"));
}

TEST(Artifacts, StopAtTheirLimitsAndSaySoOnce) {
  const std::filesystem::path directory = ::testing::TempDir() + "/artifacts-full";
  Artifacts artifacts(directory, {10, 3});
  EXPECT_EQ(artifacts.keep(directory, {"a", "12345678"}), "");
  EXPECT_NE(artifacts.keep(directory, {"b", "345"}), "");
  EXPECT_EQ(artifacts.keep(directory, {"b", "345"}), "");
  EXPECT_EQ(artifacts.keep(directory, {"c", "1"}), "");
  EXPECT_EQ(artifacts.keep(directory, {"d", ""}), "");
  EXPECT_EQ(artifacts.keep(directory, {"e", ""}), "");
  EXPECT_TRUE(std::filesystem::exists(directory / "d"));
  for (const char* left_out : {"b", "e"}) EXPECT_FALSE(std::filesystem::exists(directory / left_out)) << left_out;
}

TEST(Artifacts, TellOfFilesThatAProcessCouldNotLeave) {
  Artifacts artifacts(::testing::TempDir() + "/artifacts");
  EXPECT_THAT(artifacts.keep("artifacts/worker-0/1", {"", "", 7}),
              testing::HasSubstr("7 files were left out of artifacts/worker-0/1"));
}

}  // namespace
}  // namespace sharder
