#include "sharder/cli/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sharder/cli/options_verbs.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"
#include "tests/unit/config/golden.hpp"

namespace sharder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

CommandLine parsed(const std::string& command) {
  const ParsedCommandLine result = parse_command_line(*split_command(command));
  EXPECT_FALSE(result.print) << command;
  return result.command_line;
}

/// The error for a command, hint included; "" where it is accepted.
std::string refusal(const std::string& command) {
  try {
    parse_command_line(*split_command(command));
    return "";
  } catch (const UsageError& error) {
    return error.hint().empty() ? error.what() : std::string(error.what()) + " (hint: " + error.hint() + ")";
  }
}

TEST(Options, RunKnowsTheFlagsOfTheContractThatSelect) {
  const RunOptions options = parsed(
                                 "run a '!b' re:c -C x.toml --profile-config ci --suite unit --suite=db "
                                 "--load-list - --exact --failed --partition 2/4 -- -m 'not slow' --help")
                                 .options;
  EXPECT_THAT(options.patterns, ElementsAre("a", "!b", "re:c"));
  EXPECT_EQ(options.config, "x.toml");
  EXPECT_EQ(options.profile, "ci");
  EXPECT_THAT(options.suites, ElementsAre("unit", "db"));
  EXPECT_EQ(options.load_list, "-");
  EXPECT_TRUE(options.exact && options.failed);
  EXPECT_EQ(options.partition->number, 2);
  EXPECT_EQ(options.partition->of, 4);
  EXPECT_THAT(options.framework_arguments, ElementsAre("-m", "not slow", "--help"));
}

TEST(Options, RunKnowsTheFlagsOfTheContractThatSteer) {
  const RunOptions options =
      parsed(
          "run -j8 --order shuffle --seed 18446744073709551615 --timeout 90s --timeout-factor 2.5 "
          "--deadline 2h --fresh clone --base ci --resume 2027 --reruns 0 --flaky warn "
          "--no-tests pass --fail-fast --hold-on-fail=3 --diagnose off")
          .options;
  EXPECT_EQ(options.workers->number, 8);
  EXPECT_EQ(options.order, "shuffle");
  EXPECT_EQ(options.seed, 18446744073709551615u);
  EXPECT_DOUBLE_EQ(options.timeout->count(), 90);
  EXPECT_DOUBLE_EQ(*options.timeout_factor, 2.5);
  EXPECT_DOUBLE_EQ(options.deadline->count(), 7200);
  EXPECT_EQ(options.fresh, Freshness::clone);
  EXPECT_EQ(options.base, "ci");
  EXPECT_EQ(options.resume, "2027");
  EXPECT_EQ(options.reruns, 0);
  EXPECT_EQ(options.flaky, FlakyPolicy::warn);
  EXPECT_EQ(options.no_tests_fail, false);
  EXPECT_EQ(options.fail_fast, 1);
  EXPECT_EQ(options.hold_on_fail, 3);
  EXPECT_EQ(options.diagnose, "off");
}

TEST(Options, RunKnowsTheFlagsOfTheContractThatReport) {
  const RunOptions options = parsed(
                                 "run -o out --junit j --ctrf c --subunit s --subunit1 - --trace t --events "
                                 "mqtt://h:1/p --progress bar "
                                 "--output-on-failure never --history h --color never")
                                 .options;
  EXPECT_EQ(options.output, "out");
  EXPECT_EQ(options.junit, "j");
  EXPECT_EQ(options.ctrf, "c");
  EXPECT_EQ(options.subunit, "s");
  EXPECT_EQ(options.subunit1, "-");
  EXPECT_EQ(options.trace, "t");
  EXPECT_EQ(options.events, "mqtt://h:1/p");
  EXPECT_EQ(options.progress, "bar");
  EXPECT_EQ(options.output_on_failure, "never");
  EXPECT_EQ(options.history, "h");
  EXPECT_EQ(options.color, "never");
  EXPECT_TRUE(parsed("run --no-history").options.no_history);
}

TEST(Options, AnOptionalValueStandsAfterAnEqualsSignOnly) {
  const RunOptions options = parsed("run --fail-fast 3").options;
  EXPECT_EQ(options.fail_fast, 1);
  EXPECT_THAT(options.patterns, ElementsAre("3"));
  EXPECT_EQ(parsed("run --fail-fast=3").options.fail_fast, 3);
}

TEST(Options, TheLastOfSeveralValuesCounts) {
  EXPECT_EQ(parsed("run --reruns 1 --reruns=2").options.reruns, 2);
}

TEST(Options, APatternMayBeCalledLikeAVerb) {
  EXPECT_THAT(parsed("run list base").options.patterns, ElementsAre("list", "base"));
}

TEST(Options, WorkersAreANumberAShareOrAuto) {
  EXPECT_DOUBLE_EQ(*parsed("run -j 50%").options.workers->share, 0.5);
  const WorkersChoice automatic = *parsed("run --workers=auto").options.workers;
  EXPECT_FALSE(automatic.number || automatic.share);
}

TEST(Options, ListTakesWhatSelects) {
  const CommandLine line = parsed("list x --format json --explain --suite unit -- -k y");
  EXPECT_EQ(line.verb, Verb::list);
  EXPECT_TRUE(line.list.json && line.list.explain);
  EXPECT_THAT(line.options.framework_arguments, ElementsAre("-k", "y"));
  EXPECT_THAT(refusal("list --reruns 3"), HasSubstr("unknown flag --reruns"));
}

TEST(Options, MergeTakesRunsAndReports) {
  const CommandLine line = parsed("merge part1 part2 -o all --partial --flaky warn --junit out.xml");
  EXPECT_EQ(line.verb, Verb::merge);
  EXPECT_THAT(line.merge.runs, ElementsAre("part1", "part2"));
  EXPECT_TRUE(line.merge.partial);
  EXPECT_EQ(line.options.flaky, FlakyPolicy::warn);
  EXPECT_EQ(line.options.output, "all");
  EXPECT_FALSE(parsed("merge part1").merge.partial);
}

TEST(Options, BaseCreateTakesASource) {
  const BaseOptions base =
      parsed("base create ci --release bookworm --mirror http://m --packages a,b --packages c --replace")
          .base;
  EXPECT_EQ(base.name, "ci");
  EXPECT_EQ(base.release, "bookworm");
  EXPECT_EQ(base.mirror, "http://m");
  EXPECT_THAT(base.packages, ElementsAre("a", "b", "c"));
  EXPECT_TRUE(base.replace);
  EXPECT_EQ(parsed("base create ci --from /srv/root").base.from, "/srv/root");
}

TEST(Options, KnowsTheOtherVerbs) {
  EXPECT_TRUE(parsed("init --force").init.force);
  EXPECT_EQ(parsed("base list").verb, Verb::base_list);
  EXPECT_EQ(parsed("base show ci").base.name, "ci");
  EXPECT_EQ(parsed("base refresh ci").verb, Verb::base_refresh);
  EXPECT_EQ(parsed("base remove ci").verb, Verb::base_remove);
  EXPECT_EQ(parsed("shell unit/A.b").shell.test, "unit/A.b");
  EXPECT_FALSE(parsed("shell").shell.test);
  EXPECT_EQ(parsed("doctor").verb, Verb::doctor);
  EXPECT_EQ(parsed("clean").verb, Verb::clean);
}

TEST(Options, KeepsTheCommandLineAsItCanBeTypedAgain) {
  EXPECT_EQ(parsed("run 'a b' -- -k x").text, "sharder run 'a b' -- -k x");
}

TEST(Options, RefusalsAreOneLineWithAHint) {
  std::string text;
  for (const char* command : {"",
                              "run --wrokers 3",
                              "run --workers",
                              "run --workers 0",
                              "run --workers 120%",
                              "run -j many",
                              "run --partition 5/4",
                              "run --partition 0/4",
                              "run --partition 2",
                              "run --order random",
                              "run --seed -1",
                              "run --seed x",
                              "run --timeout 0",
                              "run --timeout 10parsecs",
                              "run --timeout-factor 0",
                              "run --fail-fast=0",
                              "run --reruns -1",
                              "run --reruns 9999",
                              "run --flaky maybe",
                              "run --no-tests warn",
                              "run --fresh tests",
                              "run --diagnose soon",
                              "run --progress fast",
                              "run --exact=x",
                              "run --junit --ctrf x",
                              "run --load-list ''",
                              "rnu",
                              "hunt --for 1h",
                              "test",
                              "--workers 3",
                              "base",
                              "base crate x",
                              "base create",
                              "base create ci",
                              "base create host --release bookworm",
                              "base create ../x --release bookworm",
                              "base create ci --from a --release b",
                              "base create ci --from a --mirror b",
                              "base show",
                              "base show a b",
                              "init --force now",
                              "clean x",
                              "doctor -- x",
                              "shell a b"})
    text += std::string("sharder ") + command + "\n    " + refusal(command) + "\n";
  expect_golden("refusals.txt", text);
}

TEST(Options, HabitsGetTheNameOfOurs) {
  std::string text;
  for (const char* habit : {"--retries 3",
                            "-x",
                            "--maxfail=2",
                            "--max-fail 2",
                            "--lf",
                            "--rerun-failed",
                            "-k expression",
                            "-R regex",
                            "-E regex",
                            "-n 4",
                            "-n4",
                            "-n auto",
                            "--jobs 4",
                            "--profile ci",
                            "-L label",
                            "-m mark",
                            "--shard 1/4",
                            "--shuffle",
                            "--junitxml out.xml",
                            "-v",
                            "-q",
                            "-xvs",
                            "--repeat 3",
                            "--until-failure",
                            "-s",
                            "--collect-only",
                            "--gtest_filter=a",
                            "--serial",
                            "--isolated",
                            "--pdb",
                            "--foo"})
    text += std::string(habit) + "\n    " + refusal(std::string("run ") + habit) + "\n";
  expect_golden("habits.txt", text);
}

TEST(Help, TeachesEveryVerb) {
  expect_golden("help/sharder.txt", *parse_command_line({"--help"}).print);
  expect_golden("help/base.txt", *parse_command_line({"base", "-h"}).print);
  for (const VerbDescription& verb : verb_descriptions()) {
    Words words = split(verb.words, ' ');
    words.push_back("--help");
    const ParsedCommandLine result = parse_command_line(words);
    ASSERT_TRUE(result.print) << verb.words;
    expect_golden("help/" + join(split(verb.words, ' '), "-") + ".txt", *result.print);
  }
}

TEST(Help, StaysWithinThePage) {
  for (const VerbDescription& verb : verb_descriptions())
    for (const std::string& line : split_lines(*parse_command_line(split(verb.words + " -h", ' ')).print))
      EXPECT_LE(line.size(), 100u) << line;
}

TEST(Help, IsGivenInOtherWaysToo) {
  EXPECT_EQ(parse_command_line({"help", "run"}).print, parse_command_line({"run", "--help"}).print);
  EXPECT_EQ(parse_command_line({"help"}).print, parse_command_line({"-h"}).print);
  EXPECT_EQ(parse_command_line({"run", "--reruns", "nonsense", "--help"}).print,
            parse_command_line({"run", "-h"}).print);
  EXPECT_EQ(parse_command_line({"--version"}).print, "sharder 0.1.0\n");
}

}  // namespace
}  // namespace sharder
