#include "sharder/cli/options_habits.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sharder/config/diagnostic.hpp"

namespace sharder {
namespace {

struct Habit {
  std::vector<std::string> flags;
  std::string ours;
};

const std::vector<Habit>& habits() {
  static const std::vector<Habit> habits{
      {{"--retries", "--rerun", "--repeat-failed"}, "--reruns N reruns what fails"},
      {{"-x", "--exitfirst", "--stop-on-failure", "--maxfail", "--max-fail", "--max-failures", "--failfast",
        "-f"},
       "--fail-fast stops at the first failure, --fail-fast=N after N"},
      {{"--lf", "--last-failed", "--ff", "--rerun-failed", "--failing", "--only-failed"},
       "--failed runs what did not pass in the last run"},
      {{"-k", "--filter", "--gtest_filter", "--include", "-i", "--tests-regex"},
       "name tests without a flag: sharder run PATTERN, where PATTERN is a part of the id or re:EXPRESSION"},
      {{"-R"}, "name tests without a flag: sharder run re:EXPRESSION"},
      {{"-E", "--exclude-regex", "--exclude", "-e", "--deselect"},
       "a leading ! excludes: sharder run '!re:EXPRESSION'"},
      {{"-L", "-m", "--label", "--label-regex", "--tags"}, "sharder run tag:NAME selects by tag"},
      {{"-LE", "--label-exclude"}, "sharder run '!tag:NAME' excludes by tag"},
      {{"-n", "--numprocesses", "--jobs", "--concurrency", "--parallel", "--test-threads", "-p",
        "--num-workers"},
       "-j N, or --workers N, says how many clones work at once"},
      {{"--serial"}, "-j 1 runs one test after the other"},
      {{"--profile"},
       "--profile-config NAME puts a [profile.NAME] of sharder.toml in force; --profile is the hardware "
       "that `size` and `simulate` speak of"},
      {{"--shard", "--shards", "--shard-index", "--total-shards", "--shard-count"},
       "--partition K/N runs the Kth of N parts"},
      {{"--shuffle", "--random", "--random-order", "--schedule-random", "--gtest_shuffle"},
       "--order shuffle, with --seed N for the same order again"},
      {{"--random-seed", "--gtest_random_seed", "--random-order-seed"}, "--seed N"},
      {{"--junitxml", "--junit-xml", "--output-junit", "--xml", "--gtest_output"}, "--junit FILE"},
      {{"--no-capture", "--nocapture", "--capture", "-s"},
       "--output-on-failure immediate shows output as tests fail; logs/ of the run has all of it"},
      {{"-V", "-v", "--verbose", "-q", "--quiet"}, "--progress bar, lines or none says how much is told"},
      {{"--repeat", "--count", "--until-failure", "--repeat-until-fail", "--stress-count", "--gtest_repeat"},
       "every run is one of each test; repetition comes with `sharder hunt` in a later version"},
      {{"--list", "-N", "--collect-only", "--co", "--gtest_list_tests", "--list-tests", "--dry-run"},
       "sharder list lists tests"},
      {{"--isolated", "--forked", "--boxed", "--process-per-test"}, "--fresh test, or --fresh clone"},
      {{"--exec", "--pdb", "--debugger", "--trace-test"}, "sharder shell TEST starts a shell in a clone"},
      {{"--test-dir", "--rootdir", "--directory"}, "-C FILE names the sharder.toml, and with it the project"},
      {{"--no-fail-fast", "--keep-going"}, "that is what happens without --fail-fast"},
      {{"--flaky-result"}, "--flaky pass, warn or fail"},
      {{"--no-color", "--no-colour", "--colour"}, "--color auto, always or never"},
      {{"--durations", "--slowest"}, "results.json of the run has every duration"},
  };
  return habits;
}

}  // namespace

std::string hint_for_unknown_flag(const std::string& flag, const VerbDescription& verb) {
  const std::string name = flag.substr(0, flag.find('='));
  // "-n4" and "-xvs" begin like "-n" and "-x".
  const bool is_short = name.size() > 2 && name[1] != '-' && name != "-LE";
  if (verb.verb == Verb::run || verb.verb == Verb::list || verb.verb == Verb::plan) {
    for (const Habit& habit : habits())
      for (const std::string& each : habit.flags)
        if (each == name || (is_short && each == name.substr(0, 2))) return habit.ours;
  }
  std::vector<std::string> known{"--help"};
  for (const Flag& each : verb.flags) known.push_back("--" + each.name);
  const std::string near = probably_meant(name, known);
  if (!near.empty()) return fmt::format("did you mean {}?", near);
  return fmt::format("sharder {} --help lists the flags{}", verb.words,
                     verb.takes_arguments ? "; the test framework's own come after --" : "");
}

}  // namespace sharder
