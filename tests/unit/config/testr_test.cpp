#include "sharder/config/testr.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sharder/support/text.hpp"
#include "tests/unit/config/scratch_project.hpp"

namespace sharder {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* usual = R"([DEFAULT]
test_command=OS_STDOUT_CAPTURE=${OS_STDOUT_CAPTURE:-1} \
             ${PYTHON:-python} -m subunit.run discover -t ./ . $LISTOPT $IDOPTION
test_id_option=--load-list $IDFILE
test_list_option=--list
)";

std::vector<std::string> words(const std::string& command) {
  return *split_command(command);
}

TEST(Testr, TakesOverTheUsualFile) {
  const TestrImport import = import_testr_text(usual, ".testr.conf", {});
  EXPECT_EQ(printed(import.diagnostics), "");
  const std::string front =
      "OS_STDOUT_CAPTURE=${OS_STDOUT_CAPTURE:-1} \\\n${PYTHON:-python} -m subunit.run discover -t ./ . ";
  EXPECT_THAT(words(import.framework.list->command),
              ElementsAre("sh", "-c", front + "--list  \"$@\"", "sh", "{arguments}"));
  EXPECT_THAT(words(import.framework.run.command),
              ElementsAre("sh", "-c", front + " --load-list {id_file} \"$@\"", "sh", "{arguments}"));
  EXPECT_EQ(import.framework.list->format, "subunit2");
  EXPECT_EQ(import.framework.run.format, "subunit2");
  EXPECT_EQ(import.framework.run.feed, Feed::batch);
}

TEST(Testr, LeadsIdsRoundTheShell) {
  const TestrImport import = import_testr_text(
      "[DEFAULT]\ntest_command: ./run $LISTOPT $IDLIST\ntest_list_option: -l\ntest_id_list_default: all of "
      "it\n",
      "f", {});
  EXPECT_EQ(printed(import.diagnostics), "");
  EXPECT_THAT(words(import.framework.list->command),
              ElementsAre("sh", "-c", "./run -l all of it \"$@\"", "sh", "{arguments}"));
  EXPECT_THAT(words(import.framework.run.command), ElementsAre("sh", "-c", "./run  \"$@\"", "sh", "{ids}"));
}

TEST(Testr, PassesOverInstancesWithANotice) {
  const TestrImport import = import_testr_text(std::string(usual) + R"(# a comment
filter_tags=worker-0 layer
group_regex=(?P<module>[^.]+)\.
test_run_concurrency=nproc
instance_provision=make-instances $INSTANCE_COUNT
instance_execute=ssh $INSTANCE_ID
	$COMMAND
instance_dispose=rm
[other]
test_command=not this
)",
                                               ".testr.conf", {});
  EXPECT_THAT(import.framework.filter_tags, ElementsAre("worker-0", "layer"));
  EXPECT_EQ(import.group_by, "re:^((?<module>[^.]+)\\.)");
  const std::string notices = printed(import.diagnostics);
  EXPECT_THAT(
      notices,
      HasSubstr(".testr.conf:11:1: notice: \"instance_execute\" is passed over (hint: sharder gives every "
                "worker a clone of its own)"));
  EXPECT_THAT(notices, HasSubstr("\"test_run_concurrency\" is passed over (hint: --workers"));
  EXPECT_FALSE(has_errors(import.diagnostics));
}

TEST(Testr, SaysWhatItCannotUse) {
  EXPECT_EQ(printed(import_testr_text("[DEFAULT]\ntest_command=./run\n", "f", {}).diagnostics),
            "f:2:1: error: the command cannot list tests (hint: it needs $LISTOPT, and a test_list_option)\n"
            "f:2:1: error: the command cannot run chosen tests (hint: it needs $IDOPTION, and a "
            "test_id_option with "
            "$IDFILE; or $IDLIST)\n");
  EXPECT_EQ(printed(import_testr_text("[DEFAULT]\n", "f", {}).diagnostics),
            "f: error: \"test_command\" is missing\n");
  EXPECT_THAT(printed(import_testr_text("test_command=x\n", "f", {}).diagnostics),
              HasSubstr("f:1:1: error: a section must begin before the first key"));
  EXPECT_THAT(printed(import_testr_text("[DEFAULT]\nnonsense\n", "f", {}).diagnostics),
              HasSubstr("f:2:1: error: expected KEY = VALUE, found \"nonsense\""));
}

TEST(Testr, InterpolatesAsConfigparserDoes) {
  const TestrImport import = import_testr_text(
      "[DEFAULT]\nhere = 50%%\ntest_command = echo %(here)s $LISTOPT $IDLIST\ntest_list_option = -l\n", "f",
      {});
  EXPECT_THAT(import.framework.list->command, HasSubstr("echo 50% -l"));
  EXPECT_THAT(printed(import_testr_text("[DEFAULT]\na = 5%\nb = %(b)s\n", "f", {}).diagnostics),
              HasSubstr("f:2:1: error: \"a\": cannot make sense of the % in it (hint: a percent sign is %%)\n"
                        "f:3:1: error: \"b\": cannot make sense"));
}

// Nine keys of thirty references each to the next one: 30^9 substitutions, which nobody lives to see.
TEST(Testr, BoundsWhatValuesThatNameEachOtherGrowTo) {
  std::string text = "[DEFAULT]\n";
  for (int key = 0; key < 9; ++key) {
    text += "k" + std::to_string(key) + " = ";
    for (int i = 0; i < 30; ++i) text += "%(k" + std::to_string(key + 1) + ")s";
    text += "\n";
  }
  EXPECT_THAT(printed(import_testr_text(text + "k9 =\n", "f", {}).diagnostics),
              HasSubstr("f:2:1: error: \"k0\": cannot make sense of the % in it"));
}

TEST(Testr, WarnsOfAGroupRegexThatIsNone) {
  const TestrImport import = import_testr_text(std::string(usual) + "group_regex=(\n", "f", {});
  EXPECT_EQ(import.group_by, "");
  EXPECT_THAT(printed(import.diagnostics), HasSubstr("f:6:1: warning: \"group_regex\" is passed over"));
}

TEST(Stestr, MakesItsOwnCommands) {
  const TestrImport import = import_stestr_text(
      "[DEFAULT]\ntest_path=./tests/unit tests\ntop_dir=./\ngroup_regex=([^\\.]+\\.)+\n", ".stestr.conf", {});
  EXPECT_EQ(printed(import.diagnostics), "");
  const std::string front =
      "{interpreter} -m stestr.subunit_runner.run discover -t ./ './tests/unit tests' {arguments}";
  EXPECT_EQ(import.framework.list->command, front + " --list");
  EXPECT_EQ(import.framework.run.command, front + " --load-list {id_file}");
  EXPECT_EQ(import.framework.default_interpreter, "python3");
  EXPECT_EQ(import.group_by, "re:^(([^\\.]+\\.)+)");
}

TEST(Stestr, GroupsByClassOnRequest) {
  EXPECT_EQ(import_stestr_text("[DEFAULT]\ntest_path=t\nparallel_class=True\n", "f", {}).group_by,
            "re:^(([^\\.]*\\.)*)");
  EXPECT_EQ(import_stestr_text("[DEFAULT]\ntest_path=t\nparallel_class=False\n", "f", {}).group_by, "");
  EXPECT_EQ(printed(import_stestr_text("[DEFAULT]\n", "f", {}).diagnostics),
            "f: error: \"test_path\" is missing\n");
}

TEST(TestrFile, SufficesAlone) {
  for (const char* name : {".testr.conf", ".stestr.conf"}) {
    const ScratchProject project;
    project.write(name, std::string(usual) + "test_path=tests\n");
    const LoadResult result = project.load();
    EXPECT_FALSE(has_errors(result.diagnostics)) << printed(result.diagnostics);
    EXPECT_EQ(result.config.suites.at(0).name, "project");
    EXPECT_EQ(result.config.suites.at(0).framework.name, "testr");
    EXPECT_EQ(result.config.suites.at(0).directory, project.path().string());
    EXPECT_EQ(result.config.project_directory, project.path());
    EXPECT_TRUE(result.config.file.empty());
  }
}

TEST(TestrFile, CanBeNamedAsTheConfiguration) {
  const ScratchProject project;
  project.write("lib/.testr.conf", usual);
  CommandLine line;
  line.options.config = "lib/.testr.conf";
  const LoadResult result = project.load(line);
  EXPECT_EQ(printed(result.diagnostics), "");
  EXPECT_EQ(result.config.suites.at(0).name, "lib");
  EXPECT_EQ(result.config.project_directory, project.path() / "lib");
}

TEST(TestrFile, ServesASharderTomlWithoutSuite) {
  const ScratchProject project;
  project.write(".testr.conf", usual);
  const LoadResult result = project.load_text("[run]\nreruns = 1\n");
  EXPECT_EQ(printed(result.diagnostics), "");
  EXPECT_EQ(result.config.suites.size(), 1u);
  EXPECT_EQ(result.config.run.reruns, 1);
}

TEST(TestrFile, IsReadInTheSuitesDirectory) {
  const ScratchProject project;
  project.write("lib/.testr.conf", std::string(usual) + "instance_dispose=x\n");
  const LoadResult result = project.load_text(
      "[suite.lib]\nframework = \"testr\"\ndirectory = \"lib\"\ngroup_by = \"class\"\nlist = { format = "
      "\"subunit1\" }\ninterpreter = \"python3.11\"\n");
  EXPECT_EQ(printed(result.diagnostics),
            "lib/.testr.conf:6:1: notice: \"instance_dispose\" is passed over (hint: sharder gives every "
            "worker a clone of "
            "its own)\n");
  const SuiteConfig& suite = result.config.suites.at(0);
  EXPECT_EQ(suite.group_by, "class");
  EXPECT_EQ(suite.framework.list->format, "subunit1");
  EXPECT_THAT(suite.framework.list->command, HasSubstr("--list"));
  EXPECT_THAT(suite.framework.environment,
              Contains(std::pair<std::string, std::string>("PYTHON", "python3.11")));
}

TEST(TestrFile, IsMissedWithANotice) {
  const ScratchProject project;
  const LoadResult result = project.load_text("[suite.lib]\nframework = \"testr\"\n");
  EXPECT_FALSE(has_errors(result.diagnostics));
  EXPECT_THAT(printed(result.diagnostics),
              HasSubstr("notice: there is no .testr.conf and no .stestr.conf for [suite.lib]"));
}

}  // namespace
}  // namespace sharder
