#include "sharder/config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "sharder/config/hidden_paths.hpp"
#include "tests/unit/config/scratch_project.hpp"

namespace sharder {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;
using Texts = std::vector<std::string>;

/// Every key of contract.md.
constexpr const char* everything = R"toml(
project = "name"
[suite.unit]
framework = "googletest"
programs = ["build/**/*_test"]
directory = "sub"
arguments = ["--a", "b c"]
interpreter = "venv/bin/python"
environment = { A = "1", B = "" }
pass_environment = ["PATH"]
group_by = "re:^(\\w+)"
run = { separator = "," }

[suite.own]
framework = "mine"

[framework.mine]
list = { command = "./t --list", format = "ids" }
run = { command = "./t {ids}", format = "tap", feed = "batch", separator = "|", escape = "regex" }
needs_programs = false
environment = { X = "y" }
skip_statuses = [77, 99]

[clones]
base = "ci"
workers = "50%"
fresh = "worker"
share = ["/srv/shared"]
user = "root"
privileged = true
network = "bridge"
nesting = true
memory = "512MiB"
processes = 100
open_files = 200
storage = "disk"
disk = "2GiB"
hide = ["...", "/srv/secret"]
mounts = [{ source = "/srv/data", target = "/data", mode = "cow" }, { source = "/a", target = "/b" }]
collect = ["**/*.gcda"]
[clones.setup]
command = "make schema"
services = true
inputs = ["database/**"]
[clones.start]
command = ["a", "b"]
ready = "pg_isready -q"
timeout = "5s"
stop = "c"

[run]
timeout = "20m"
slow = 30
reruns = 5
rerun_limit = "12.5%"
flaky = "warn"
leaks = "fail"
output = "2KiB"
locks = "dissolve"
keep_apart = "known"

[[override]]
match = "re:Network.*"
timeout = "20m"
exclusive = true
locks = ["gpu"]
cores = 4
group = "db"
quarantine = { owner = "ada", until = 2027-01-31, reason = "#123" }

[profile.ci]
run.reruns = 7
)toml";

TEST(Load, KnowsEveryKeyOfASuite) {
  const ScratchProject project;
  const LoadResult result = project.load_text(everything);
  EXPECT_EQ(printed(result.diagnostics), "");
  const SuiteConfig& unit = result.config.suites.at(0);
  EXPECT_EQ(result.config.project, "name");
  EXPECT_EQ(unit.name, "unit");
  EXPECT_EQ(unit.framework.name, "googletest");
  EXPECT_EQ(unit.framework.run.separator, ",");
  EXPECT_EQ(unit.directory, (project.path() / "sub").string());
  EXPECT_EQ(unit.project_directory, project.path().string());
  EXPECT_EQ(unit.interpreter, (project.path() / "venv/bin/python").string());
  EXPECT_THAT(unit.arguments, ElementsAre("--a", "b c"));
  EXPECT_THAT(unit.pass_environment, ElementsAre("PATH"));
  EXPECT_THAT(unit.environment, ElementsAre(std::pair("A", "1"), std::pair("B", "")));
  EXPECT_EQ(unit.group_by, "re:^(\\w+)");
  const FrameworkConfig& mine = result.config.suites.at(1).framework;
  EXPECT_EQ(mine.list->command, "./t --list");
  EXPECT_EQ(mine.run.feed, Feed::batch);
  EXPECT_EQ(mine.run.escape, "regex");
  EXPECT_THAT(mine.skip_statuses, ElementsAre(77, 99));
}

TEST(Load, KnowsEveryKeyOfClones) {
  const ScratchProject project;
  const ClonesConfig clones = project.load_text(everything).config.clones;
  EXPECT_EQ(clones.base, "ci");
  EXPECT_DOUBLE_EQ(clones.workers.share.value(), 0.5);
  EXPECT_EQ(clones.fresh, Freshness::worker);
  EXPECT_THAT(clones.share, ElementsAre("/srv/shared"));
  EXPECT_EQ(clones.user, "root");
  EXPECT_TRUE(clones.privileged && clones.nesting);
  EXPECT_EQ(clones.network, "bridge");
  EXPECT_EQ(clones.memory_bytes, 512u << 20);
  EXPECT_EQ(clones.disk_bytes, 2ull << 30);
  EXPECT_EQ(clones.processes, 100);
  EXPECT_EQ(clones.open_files, 200);
  EXPECT_EQ(clones.storage, "disk");
  EXPECT_THAT(clones.hide,
              IsSupersetOf(Texts{"/root", "/home/*", "/etc/ssh/*_key", "/etc/ssl/private", "/srv/secret"}));
  EXPECT_EQ(clones.mounts.at(0).mode, "cow");
  EXPECT_EQ(clones.mounts.at(1).mode, "ro");
  EXPECT_THAT(clones.setup.commands, ElementsAre("make schema"));
  EXPECT_TRUE(clones.setup.services);
  EXPECT_THAT(clones.start.commands, ElementsAre("a", "b"));
  EXPECT_EQ(clones.start.ready, "pg_isready -q");
  EXPECT_DOUBLE_EQ(clones.start.timeout.count(), 5);
}

TEST(Load, KnowsEveryKeyOfRunAndOverride) {
  const ScratchProject project;
  const Config config = project.load_text(everything).config;
  EXPECT_DOUBLE_EQ(config.run.timeout.count(), 1200);
  EXPECT_DOUBLE_EQ(config.run.slow.count(), 30);
  EXPECT_EQ(config.run.reruns, 5);
  EXPECT_DOUBLE_EQ(config.run.rerun_limit, 0.125);
  EXPECT_EQ(config.run.flaky, FlakyPolicy::warn);
  EXPECT_TRUE(config.run.leaks_fail && config.run.locks_dissolve);
  EXPECT_EQ(config.run.output_bytes, 2048u);
  const OverrideConfig& override = config.overrides.at(0);
  EXPECT_EQ(override.match, "re:Network.*");
  EXPECT_EQ(override.cores, 4);
  EXPECT_EQ(override.quarantine->until, "2027-01-31");
}

TEST(Load, HasTheDefaultsOfTheContract) {
  const ScratchProject project;
  const LoadResult result = project.load_text(minimal);
  EXPECT_EQ(printed(result.diagnostics), "");
  const Config& config = result.config;
  EXPECT_EQ(config.project, "project");
  EXPECT_EQ(config.project_directory, project.path());
  EXPECT_EQ(config.clones.base, "host");
  EXPECT_FALSE(config.clones.workers.number || config.clones.workers.share);
  EXPECT_EQ(config.clones.user, "invoker");
  EXPECT_FALSE(config.clones.memory_bytes);
  EXPECT_EQ(config.run.reruns, 3);
  EXPECT_DOUBLE_EQ(config.run.rerun_limit, 0.05);
  EXPECT_THAT(config.suites.at(0).pass_environment, ElementsAre("PATH", "LANG", "CI"));
  EXPECT_THAT(config.clones.hide, Contains((project.path() / ".ssh").string()));
}

TEST(Load, ReplacesTheHiddenPathsWhereTheFileSaysSo) {
  const ScratchProject project;
  const ClonesConfig clones = project.load_text(minimal + "[clones]\nhide = [\"/srv\"]\n").config.clones;
  EXPECT_THAT(clones.hide, Contains("/srv"));
  EXPECT_THAT(clones.hide, Not(Contains("/root")));
}

TEST(Load, TakesRelativePathsFromTheProject) {
  const ScratchProject project;
  const LoadResult result = project.load_text(minimal +
                                              "[clones]\nhide = [\"keys\"]\nshare = [\"var\"]\nmounts = [{ "
                                              "source = \"../data\", target = \"data\" }]\n");
  EXPECT_EQ(printed(result.diagnostics), "");
  EXPECT_THAT(result.config.clones.hide, Contains((project.path() / "keys").string()));
  EXPECT_THAT(result.config.clones.share, ElementsAre((project.path() / "var").string()));
  EXPECT_EQ(result.config.clones.mounts.at(0).source, (project.path().parent_path() / "data").string());
  EXPECT_EQ(result.config.clones.mounts.at(0).target, (project.path() / "data").string());
}

TEST(Load, SurvivesWhateverStandsInTheFile) {
  const ScratchProject project;
  std::mt19937 random(7);
  const std::string bytes = "[]{}=\"'\\#\n.,0aZ\xff";
  for (int round = 0; round < 300; ++round) {
    std::string text = everything;
    for (int change = 0; change < 1 + round % 4; ++change) {
      const std::size_t at = random() % text.size();
      if (random() % 2 == 0)
        text[at] = bytes[random() % bytes.size()];
      else
        text.erase(at, random() % 20);
    }
    EXPECT_NO_THROW(project.load_text(text)) << text;
  }
}

TEST(Load, AcceptsAutoAndNumbers) {
  const ScratchProject project;
  const LoadResult result = project.load_text(minimal +
                                              "[clones]\nworkers = 8\nmemory = \"auto\"\ndisk = "
                                              "4096\n[clones.start]\ncommand = \"x\"\ntimeout = 2.5\n");
  EXPECT_EQ(printed(result.diagnostics), "");
  EXPECT_EQ(result.config.clones.workers.number, 8);
  EXPECT_FALSE(result.config.clones.memory_bytes);
  EXPECT_EQ(result.config.clones.disk_bytes, 4096u);
  EXPECT_DOUBLE_EQ(result.config.clones.start.timeout.count(), 2.5);
}

TEST(Load, FindsTheFileUpwards) {
  const ScratchProject project;
  project.write("sharder.toml", minimal + "reruns = 3\n");
  std::filesystem::create_directories(project.path() / "a/b");
  const LoadResult result = project.load({}, {}, "a/b");
  EXPECT_EQ(result.config.project_directory, project.path());
  EXPECT_THAT(printed(result.diagnostics),
              HasSubstr("../../sharder.toml:4:1: error: unknown key \"reruns\""));
}

TEST(Load, TakesAFileThatIsNamed) {
  const ScratchProject project;
  project.write("other/my.toml", minimal);
  CommandLine line;
  line.options.config = "other/my.toml";
  const LoadResult result = project.load(line);
  EXPECT_EQ(printed(result.diagnostics), "");
  EXPECT_EQ(result.config.project_directory, project.path() / "other");
  EXPECT_EQ(result.config.file, project.path() / "other/my.toml");
}

TEST(Load, KeepsSuitesInTheOrderOfTheFile) {
  const ScratchProject project;
  const LoadResult result = project.load_text(
      "[suite.zebra]\nframework = \"pytest\"\n[suite.ant]\nframework = \"pytest\"\n[suite.mole]\nframework = "
      "\"pytest\"\n");
  EXPECT_EQ(printed(result.diagnostics), "");
  Texts names;
  for (const SuiteConfig& suite : result.config.suites) names.push_back(suite.name);
  EXPECT_THAT(names, ElementsAre("zebra", "ant", "mole"));
}

TEST(Load, DoesWithoutAProjectWhereTheVerbDoes) {
  const ScratchProject project;
  CommandLine line;
  line.verb = Verb::doctor;
  const LoadResult result = project.load(line);
  EXPECT_EQ(printed(result.diagnostics), "");
  EXPECT_EQ(result.config.project_directory, project.path());
}

TEST(Load, LetsAUsersFrameworkRefineAPreset) {
  const ScratchProject project;
  const LoadResult result = project.load_text(
      minimal +
      "[framework.exec]\nskip_statuses = [99]\n[suite.other]\nframework = \"exec\"\nprograms = \"x\"\n");
  EXPECT_EQ(printed(result.diagnostics), "");
  EXPECT_THAT(result.config.suites.at(1).framework.skip_statuses, ElementsAre(99));
  EXPECT_EQ(result.config.suites.at(1).framework.run.command, "{program} {arguments}");
  EXPECT_THAT(result.config.suites.at(1).programs, ElementsAre("x"));
}

}  // namespace
}  // namespace sharder
