#include "sharder/config/project.hpp"

#include <gtest/gtest.h>

#include "sharder/config/hidden_paths.hpp"
#include "tests/unit/config/scratch_project.hpp"

namespace sharder {
namespace {

TEST(ProjectName, IsTheBaseNameOfTheUrl) {
  EXPECT_EQ(base_name_of_url("git@host:team/project.git"), "project");
  EXPECT_EQ(base_name_of_url("https://host/team/project/"), "project");
  EXPECT_EQ(base_name_of_url("https://host/team/project.git/"), "project");
  EXPECT_EQ(base_name_of_url("host:project"), "project");
  EXPECT_EQ(base_name_of_url(""), "");
}

TEST(ProjectName, PrefersTheOrigin) {
  EXPECT_EQ(remote_url("[core]\n\turl = no\n[remote \"fork\"]\n\turl = a/b\n[remote \"origin\"]\n\tfetch = "
                       "x\n\turl = c/d\n"),
            "c/d");
  EXPECT_EQ(remote_url("[remote \"fork\"]\n\turl = a/b\n[branch \"main\"]\n\tremote = fork\n"), "a/b");
  EXPECT_EQ(remote_url("[core]\n"), "");
}

TEST(ProjectName, ComesFromGitOrTheDirectory) {
  const ScratchProject project;
  EXPECT_EQ(default_project_name(project.path()), "project");
  project.write(".git/config", "[remote \"origin\"]\nurl = https://host/team/tool.git\n");
  project.write("sub/file", "");
  EXPECT_EQ(default_project_name(project.path()), "tool");
  EXPECT_EQ(default_project_name(project.path() / "sub"), "tool");
}

TEST(ProjectName, FollowsAWorkTree) {
  const ScratchProject project;
  project.write("main/.git/config", "[remote \"origin\"]\nurl = x/tool.git\n");
  project.write("main/.git/worktrees/other/commondir", "../..\n");
  project.write("other/.git", "gitdir: ../main/.git/worktrees/other\n");
  EXPECT_EQ(default_project_name(project.path() / "other"), "tool");
}

TEST(ShownPath, IsTheShorterOne) {
  EXPECT_EQ(shown_path("/a/b/c.toml", "/a/b"), "c.toml");
  EXPECT_EQ(shown_path("/a/c.toml", "/a/b"), "../c.toml");
  EXPECT_EQ(shown_path("/x.toml", "/a/b/c"), "/x.toml");
}

TEST(HiddenPaths, LeavePasswordsOutOfShadow) {
  EXPECT_EQ(without_passwords("root:$y$abc:19000:0:::::\nad:!:1\nda:*:1\nbob::1\n"),
            "root:*:19000:0:::::\nad:!:1\nda:*:1\nbob::1\n");
  EXPECT_EQ(without_passwords("locked:!$6$x:1\n"), "locked:*:1\n");
}

}  // namespace
}  // namespace sharder
