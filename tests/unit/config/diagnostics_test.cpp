// Every way in which sharder.toml can be wrong, and what is said of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/golden.hpp"
#include "tests/unit/config/scratch_project.hpp"

namespace sharder {
namespace {

using testing::HasSubstr;

/// What is said of a text, with the scratch directory's name taken out.
std::string said(const ScratchProject& project, const std::string& text, const CommandLine& line = {}) {
  std::string all = printed(project.load_text(text, line).diagnostics);
  const std::string root = project.path().string();
  for (std::size_t at = all.find(root); at != std::string::npos; at = all.find(root))
    all.replace(at, root.size(), "/p");
  return all;
}

void expect_said(const std::string& name, const std::string& text) {
  const ScratchProject project;
  expect_golden("diagnostics/" + name + ".txt", text + "----\n" + said(project, text));
}

TEST(Diagnostics, TellUnknownKeys) {
  expect_said("unknown-keys", R"(projct = "x"
[suite.unit]
framwork = "exec"
framework = "exec"
programs = ["a"]
colour = "red"
[clones]
worker = 3
[clones.setup]
comand = "x"
[clones.start]
comand = "x"
[run]
rerun = 3
seed = 3
workers = 3
[[override]]
match = "x"
lock = ["a"]
quarantine = { owner = "a", until = 2027-01-01, why = "b" }
[framework.mine]
run = { comand = "x", command = "y", format = "exit" }
[profile.ci]
run.rerun = 3
runs.reruns = 3
)");
}

TEST(Diagnostics, TellWhatToWriteInsteadOfDoubleBrackets) {
  expect_said("double-brackets", R"([[suite]]
framework = "exec"
[[framework]]
list.command = "ls"
[[profile]]
run.reruns = 0
[[clones]]
fresh = "test"
[[run]]
reruns = 1
)");
}

TEST(Diagnostics, TellWrongTypes) {
  expect_said("wrong-types", R"(project = 3
[suite.unit]
framework = ["exec"]
programs = [1, 2]
directory = true
arguments = "--all"
environment = { PORT = 5432 }
pass_environment = "PATH"
[suite]
other = "pytest"
[clones]
workers = true
fresh = 1
privileged = "yes"
memory = 1.5
processes = "many"
hide = "/root"
mounts = { source = "a" }
setup = "make"
[run]
timeout = 2027-01-01
reruns = "3"
rerun_limit = 5
output = []
[override]
match = "x"
[framework]
mine = "x"
)");
}

TEST(Diagnostics, TellProgramsThatOnlyLeaveFilesOut) {
  expect_said("only-left-out", R"([suite.unit]
framework = "exec"
programs = ["!tests/helper", "!tests/data/**"]
)");
}

TEST(Diagnostics, TellThatPytestLeavesFilesOutByItself) {
  expect_said("left-out-of-pytest", R"([suite.unit]
framework = "pytest"
programs = ["tests", "!tests/broken/**"]
)");
}

TEST(Diagnostics, TellValuesOutOfRange) {
  expect_said("out-of-range", R"([suite.unit]
framework = "exec"
programs = []
group_by = "module"
[clones]
workers = 0
fresh = "tset"
user = ""
network = "host"
memory = "0"
processes = -1
open_files = 3000000000
storage = "ram"
disk = "2 parsecs"
hide = ["", "..."]
mounts = [{ source = "a", target = "", mode = "rx" }, { target = "/c" }]
[clones.setup]
command = "make 'schema"
[clones.start]
command = ["ok", ""]
timeout = "0s"
[run]
timeout = "-5s"
slow = "soon"
reruns = 2000
rerun_limit = "150%"
flaky = "ignore"
leaks = "kill"
output = "0"
locks = "honor"
keep_apart = "all"
[[override]]
timeout = "1m"
[[override]]
match = "re:(unclosed"
cores = 0
quarantine = { owner = "ada" }
)");
}

TEST(Diagnostics, TellWhatIsWrongWithFrameworks) {
  expect_said("frameworks", R"([suite.a]
framework = "pytets"
[suite.b]
framework = "nose"
[suite.c]
[suite.d]
framework = "googletest"
[suite.e]
framework = "zope"
[suite.f]
framework = "whole"
run = { feed = "batch" }
[framework.whole]
run = { command = "./t", format = "exit" }
[framework.empty]
[framework.half]
list = { command = "./t" }
run = { format = "exti" }
[framework.batch]
list = { command = "./t --list", format = "ids" }
run = { command = "./t", format = "tap", feed = "batch" }
[framework.fed]
run = { command = "./t", format = "exit", feed = "stdin" }
[framework.slip]
run = { command = "{prgram} {arguments} | awk '{print}' ${program_x}", format = "exit" }
)");
}

TEST(Diagnostics, TellWhereTomlEnds) {
  expect_said("not-toml", "[suite.unit]\nframework = \"exec\nprograms = []\n");
  expect_said("twice", "[run]\nreruns = 1\nreruns = 2\n");
}

TEST(Diagnostics, TellThatThereIsNoSuite) {
  expect_said("no-suite", "[run]\nreruns = 1\n");
}

TEST(Diagnostics, TellThatThereIsNoProject) {
  const ScratchProject project;
  EXPECT_THAT(printed(project.load().diagnostics),
              HasSubstr("error: there is no sharder.toml in " + project.path().string() +
                        " or above it (hint: `sharder init` writes one;"));
}

TEST(Diagnostics, TellThatTheNamedFileIsMissing) {
  const ScratchProject project;
  CommandLine line;
  line.options.config = "missing.toml";
  EXPECT_EQ(printed(project.load(line).diagnostics),
            "error: --config: there is no " + (project.path() / "missing.toml").string() + "\n");
  line.options.config = ".";
  EXPECT_THAT(printed(project.load(line).diagnostics), HasSubstr("is a directory (hint: -C "));
}

TEST(Diagnostics, TellWhatTheCommandLineNamesInVain) {
  const ScratchProject project;
  CommandLine line;
  line.options.profile = "cl";
  line.options.suites = {"uint"};
  line.options.patterns = {"re:(", "tag:", "fine"};
  line.options.junit = "-";
  line.options.subunit = "-";
  line.options.history = "h";
  line.options.no_history = true;
  EXPECT_EQ(said(project, minimal + "[profile.ci]\n", line),
            "error: \"(\" is not a regular expression (hint: leave re: away for a part of the id)\n"
            "error: the pattern \"tag:\" names nothing (hint: a part of an id, re:EXPRESSION or tag:NAME)\n"
            "error: --suite: there is no [suite.uint] (hint: did you mean \"unit\"?)\n"
            "error: --junit and --subunit cannot all write to standard output (hint: give all but one of "
            "them a file)\n"
            "error: --history and --no-history exclude each other\n"
            "sharder.toml: error: --profile-config: there is no [profile.cl] (hint: did you mean \"ci\"?)\n");
}

TEST(Diagnostics, TellMistakesInProfilesThatAreNotInForce) {
  const ScratchProject project;
  EXPECT_EQ(said(project, minimal + "[profile.ci]\nrun.rerun = 3\n"),
            "sharder.toml:5:5: error: unknown key \"rerun\" in [profile.ci.run] (hint: did you mean "
            "\"reruns\"?)\n");
}

TEST(Diagnostics, CannotCommandTheTerminal) {
  EXPECT_EQ(to_string({.file = "a\x1b[2J", .line = 1, .column = 2, .message = "b\x07", .hint = "c\x1b"}),
            "a\\x1b[2J:1:2: error: b\\x07 (hint: c\\x1b)");
}

}  // namespace
}  // namespace sharder
