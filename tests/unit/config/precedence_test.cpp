#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sharder/config/overrides.hpp"
#include "tests/unit/config/scratch_project.hpp"

namespace sharder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

CommandLine with_profile(const std::string& name) {
  CommandLine line;
  line.options.profile = name;
  return line;
}

TEST(Precedence, ProfileBeatsFile) {
  const ScratchProject project;
  const std::string text = minimal + R"([run]
reruns = 1
[profile.ci]
run.reruns = 5
clones.workers = 3
suite.unit.arguments = ["--ci"]
suite.unit.run.command = "nice {program}"
[[profile.ci.override]]
match = "x"
cores = 2
)";
  EXPECT_EQ(project.load_text(text).config.run.reruns, 1);
  const LoadResult result = project.load_text(text, with_profile("ci"));
  EXPECT_EQ(printed(result.diagnostics), "");
  EXPECT_EQ(result.config.run.reruns, 5);
  EXPECT_EQ(result.config.clones.workers.number, 3);
  EXPECT_THAT(result.config.suites.at(0).arguments, ElementsAre("--ci"));
  EXPECT_EQ(result.config.suites.at(0).framework.run.command, "nice {program}");
  EXPECT_EQ(result.config.overrides.at(0).cores, 2);
}

TEST(Precedence, EnvironmentBeatsProfileAndCommandLineBeatsEnvironment) {
  const ScratchProject project;
  const std::string text = minimal + "[profile.ci]\nrun.reruns = 5\n";
  const Environment environment{{"SHARDER_RUN_RERUNS", "6"}, {"SHARDER_RUN_PROFILE_CONFIG", "ci"}};
  EXPECT_EQ(project.load_text(text, {}, environment).config.run.reruns, 6);
  CommandLine line;
  line.options.reruns = 7;
  line.options.given = {"reruns"};
  EXPECT_EQ(project.load_text(text, line, environment).config.run.reruns, 7);
}

TEST(Precedence, WhatFollowsTwoDashesGoesToEverySuite) {
  const ScratchProject project;
  CommandLine line;
  line.options.framework_arguments = {"-k", "fast"};
  const LoadResult result = project.load_text(minimal, line);
  EXPECT_THAT(result.config.suites.at(0).arguments, ElementsAre("-k", "fast"));
}

TEST(Precedence, CommandLineTimeoutBeatsOverrides) {
  const ScratchProject project;
  const std::string text = minimal + "[[override]]\nmatch = \"x\"\ntimeout = \"20m\"\ncores = 2\n";
  CommandLine line;
  line.options.timeout = Seconds(5);
  sharder::Test test{.id = "x"};
  apply_overrides(project.load_text(text, line).config.overrides, test);
  EXPECT_FALSE(test.timeout);
  EXPECT_EQ(test.cores, 2);
  apply_overrides(project.load_text(text).config.overrides, test);
  EXPECT_DOUBLE_EQ(test.timeout->count(), 1200);
}

TEST(Environment, SetsEveryKindOfFlag) {
  const ScratchProject project;
  const LoadResult result = project.load_text(minimal + "[suite.b]\nframework = \"pytest\"\n", {},
                                              {{"SHARDER_RUN_SUITE", "unit, b"},
                                               {"SHARDER_RUN_EXACT", "yes"},
                                               {"SHARDER_RUN_NO_HISTORY", "1"},
                                               {"SHARDER_RUN_FAIL_FAST", "2"},
                                               {"SHARDER_RUN_JUNIT", "out.xml"},
                                               {"SHARDER_RUN_TIMEOUT_FACTOR", "2.5"},
                                               {"SHARDER_RUN_ID", "abc"},
                                               {"SHARDER_RUN_WORKERS", ""}});
  EXPECT_EQ(printed(result.diagnostics), "");
  EXPECT_THAT(result.config.selection.suites, ElementsAre("unit", "b"));
  EXPECT_TRUE(result.config.selection.exact);
  EXPECT_FALSE(result.config.history.enabled);
  EXPECT_EQ(result.config.run.fail_fast, 2);
  EXPECT_DOUBLE_EQ(result.config.run.timeout_factor, 2.5);
  EXPECT_THAT(result.config.output.copies,
              ElementsAre(std::pair("junit", (project.path() / "out.xml").string())));
}

TEST(Environment, RefusesWhatItDoesNotKnow) {
  const ScratchProject project;
  const std::string text =
      printed(project.load_text(minimal, {}, {{"SHARDER_RUN_RERUN", "5"}, {"SHARDER_RUN_RERUNS", "many"}})
                  .diagnostics);
  EXPECT_EQ(
      text,
      "environment: error: unknown variable SHARDER_RUN_RERUN (hint: did you mean SHARDER_RUN_RERUNS?)\n"
      "environment: error: SHARDER_RUN_RERUNS: expected a number from 0 to 1000, found \"many\"\n");
}

TEST(Environment, NoColorMeansNever) {
  const ScratchProject project;
  EXPECT_EQ(project.load_text(minimal, {}, {{"NO_COLOR", "1"}}).config.output.color, "never");
  EXPECT_EQ(project.load_text(minimal, {}, {{"NO_COLOR", ""}}).config.output.color, "auto");
  EXPECT_EQ(project.load_text(minimal, {}, {{"NO_COLOR", "1"}, {"SHARDER_RUN_COLOR", "always"}})
                .config.output.color,
            "always");
}

TEST(OuterShards, BecomeAPartition) {
  const ScratchProject project;
  for (const std::string outer : {"GTEST", "TEST"}) {
    const LoadResult result = project.load_text(minimal, {},
                                                {{outer + "_TOTAL_SHARDS", "4"},
                                                 {outer + "_SHARD_INDEX", "1"},
                                                 {outer + "_SHARD_STATUS_FILE", "/tmp/status"}});
    EXPECT_EQ(result.config.run.partition, 2);
    EXPECT_EQ(result.config.run.partitions, 4);
    EXPECT_THAT(result.config.shard_status_files, ElementsAre("/tmp/status"));
  }
}

TEST(OuterShards, GiveWayToPartition) {
  const ScratchProject project;
  CommandLine line;
  line.options.partition = {.number = 3, .of = 3};
  const LoadResult result =
      project.load_text(minimal, line, {{"TEST_TOTAL_SHARDS", "4"}, {"TEST_SHARD_INDEX", "nonsense"}});
  EXPECT_EQ(printed(result.diagnostics), "");
  EXPECT_EQ(result.config.run.partitions, 3);
}

TEST(OuterShards, AreRefusedWhereTheyMakeNoSense) {
  const ScratchProject project;
  EXPECT_THAT(
      printed(project.load_text(minimal, {}, {{"GTEST_TOTAL_SHARDS", "2"}, {"GTEST_SHARD_INDEX", "2"}})
                  .diagnostics),
      HasSubstr("are no shard"));
}

}  // namespace
}  // namespace sharder
