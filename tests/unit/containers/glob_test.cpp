#include "containers/agent/glob.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace sharder::agent {
namespace {

class Glob : public testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::temp_directory_path() / ("sharder-glob-" + std::to_string(::getpid()));
    for (const char* file :
         {"a_test", "b.txt", "build/c_test", "build/deep/d_test", ".git/e_test", ".hidden/f_test"}) {
      std::filesystem::create_directories((root_ / file).parent_path());
      std::ofstream(root_ / file) << "x";
    }
    std::filesystem::create_directory_symlink(root_ / "build", root_ / "link");
    std::filesystem::create_directories(root_ / "directory_test");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::string matches(const std::string& pattern) {
    std::string text;
    for (const std::string& path : glob(root_.string(), pattern))
      text += path.substr(root_.string().size() + 1) + " ";
    return text;
  }
  std::filesystem::path root_;
};

TEST_F(Glob, AStarStopsAtASlash) {
  EXPECT_EQ(matches("*_test"), "a_test ");
}
TEST_F(Glob, TwoStarsCrossSlashesButNotLinksAndNotGit) {
  EXPECT_EQ(matches("**/*_test"), ".hidden/f_test a_test build/c_test build/deep/d_test ");
}
TEST_F(Glob, ALiteralPartMayBeALink) {
  EXPECT_EQ(matches("link/*_test"), "link/c_test ");
}
TEST_F(Glob, NoLinkIsFollowedWhereNoneShouldBe) {
  std::filesystem::create_symlink(root_ / "a_test", root_ / "build/link_test");
  for (const char* pattern : {"link/*_test", "build/link_test", "build/li*_test", "**/link_test"})
    EXPECT_TRUE(glob(root_.string(), pattern, Links::passed_over).empty()) << pattern;
  EXPECT_EQ(glob(root_.string(), "build/*_test", Links::passed_over).size(), 1u);
}
TEST_F(Glob, QuestionMarksAndClassesStandForOneCharacter) {
  EXPECT_EQ(matches("?.txt"), "b.txt ");
  EXPECT_EQ(matches("[ab]_test"), "a_test ");
  EXPECT_EQ(matches("[!a]_test"), "");
}
TEST_F(Glob, ANameWithoutWildcardsIsItself) {
  EXPECT_EQ(matches("build/c_test"), "build/c_test ");
  EXPECT_EQ(matches("./build/./c_test"), "build/c_test ");
  EXPECT_EQ(matches("absent"), "");
}
TEST_F(Glob, OnlyRegularFilesMatch) {
  EXPECT_EQ(matches("directory_*"), "");
}
TEST_F(Glob, AnAbsolutePatternLeavesTheRoot) {
  EXPECT_EQ(glob("/nowhere", root_.string() + "/*.txt"), std::vector<std::string>{root_.string() + "/b.txt"});
}

}  // namespace
}  // namespace sharder::agent
