#include "sharder/cli/options_verbs.hpp"

#include <algorithm>
#include <iterator>

#include "sharder/cli/options_verbs_parts.hpp"

namespace sharder {
namespace {

using Operands = VerbDescription::Operands;

VerbDescription run_verb() {
  return {
      .verb = Verb::run,
      .words = "run",
      .usage = "[PATTERN...] [FLAGS] [-- ARGUMENTS]",
      .summary = "runs the selected tests in clones, reruns failures, merges results",
      .text =
          {"Every worker gets a copy-on-write clone of this machine (or of a base) and is fed the tests of "
           "sharder.toml one by one, longest first. What fails runs again in a fresh clone, so that a flaky "
           "test "
           "is told from a broken one.",
           "PATTERN is a part of a test's id, re:EXPRESSION or tag:NAME; a leading ! excludes. ARGUMENTS go "
           "to the "
           "test framework, when listing too. Every flag can be set as a variable: SHARDER_RUN_ and its name "
           "in "
           "capitals, such as SHARDER_RUN_RERUNS=5."},
      .flags = run_flags(),
      .operands = Operands::any_number,
      .operand = "PATTERN",
      .store_operand = add_pattern,
      .takes_arguments = true,
      .examples = {{"sharder run", "everything"},
                   {"sharder run Network '!slow'", "ids with Network and without slow in them"},
                   {"sharder run --exact unit/Queue.Pops", "one test, by its whole id"},
                   {"sharder run -j 50% --order shuffle --seed 7",
                    "half of the cores, an order that can be had again"},
                   {"sharder run --partition 2/4 --junit out.xml", "the second of four machines"},
                   {"sharder run -- -m 'not slow'", "the framework's own selection (pytest here)"}},
      .statuses = {130, 70, 2, 75, 5, 4, 3, 1, 6, 0},
  };
}

VerbDescription list_verb() {
  return {
      .verb = Verb::list,
      .words = "list",
      .usage = "[PATTERN...] [FLAGS] [-- ARGUMENTS]",
      .summary = "lists tests",
      .text =
          {"Lists, in a clone, what `sharder run` with the same patterns and flags would run, one id a line.",
           "With --explain nothing is listed: it prints the framework preset and the commands in force, as a "
           "start "
           "for a framework of your own."},
      .flags = shared_flags(
          {"config", "profile-config", "suite", "load-list", "exact", "failed", "partition", "base",
           "history", "no-history", "color"},
          {{.name = "format",
            .value = "FORMAT",
            .group = "What is printed",
            .help = "text (one id a line, default) or json (one object a line)",
            .choices = {"text", "json"},
            .store =
                [](CommandLine& line, const std::string& value) {
                  line.list.json = value == "json";
                  return true;
                }},
           {.name = "explain",
            .group = "What is printed",
            .help = "the preset and the commands of each suite instead of its tests",
            .store = [](CommandLine& line, const std::string&) { return line.list.explain = true; }}}),
      .operands = Operands::any_number,
      .operand = "PATTERN",
      .store_operand = add_pattern,
      .takes_arguments = true,
      .examples = {{"sharder list", "all ids"},
                   {"sharder list tag:db --format json",
                    "tests with the tag db, with all that is known of them"},
                   {"sharder list --suite unit --explain", "how suite unit is listed and run"}},
      .statuses = {70, 2, 75, 5, 4, 0},
  };
}

VerbDescription merge_verb() {
  return {
      .verb = Verb::merge,
      .words = "merge",
      .usage = "RUN... [FLAGS]",
      .summary = "merges runs of partitions into one",
      .text = {"RUN is a run id, a run's directory, or a journal.ndjson; logs and artifacts are taken where they lie "
               "beside it. The outcome is the directory of one run. It is the same whatever the order of the runs, and "
               "however often one is given. Runs of different tests can be merged too.",
               "Parts that are missing, that do not fit together or that came to no end are refused: exit status 3, "
               "and nothing is written. With --partial they are merged all the same, and a part can be added later by "
               "merging the outcome with it. The history is left alone: every run has written its own."},
      .flags = shared_flags(
          {"config", "output", "junit", "ctrf", "subunit", "subunit1", "trace", "output-on-failure", "color"},
          {{.name = "partial",
            .group = "How they are merged",
            .help = "merges what is there; the exit status stays 3 while something is missing",
            .store = [](CommandLine& line, const std::string&) { return line.merge.partial = true; }},
           {.name = "flaky",
            .value = "WORD",
            .group = "How they are merged",
            .help = "what flaky tests make of the outcome: pass, warn (exit status 6) or fail; default: the worst "
                    "that they made of a run",
            .choices = {"pass", "warn", "fail"},
            .store = run_flag("flaky").store}}),
      .operands = Operands::any_number,
      .operand = "RUN",
      .store_operand =
          [](CommandLine& line, const std::string& value) {
            line.merge.runs.push_back(value);
            return !value.empty();
          },
      .examples = {{"sharder merge part1 part2 part3 -o all", "three directories that were collected"},
                   {"sharder merge part1 part3 -o some --partial", "without the second, for now"},
                   {"sharder merge some part2 -o all", "when it has come"}},
      .statuses = {70, 2, 4, 3, 1, 6, 0},
  };
}

VerbDescription init_verb() {
  return {
      .verb = Verb::init,
      .words = "init",
      .usage = "[FLAGS]",
      .summary = "looks at the directory and writes a sharder.toml with comments",
      .text = {"Looks for CTest and GoogleTest builds, pytest, testrepository and stestr files and TAP "
               "scripts in the "
               "working directory, and writes a sharder.toml for what it finds. Nothing is run."},
      .flags = few_flags({"color"}, {{.name = "force",
                                      .group = "Flags",
                                      .help = "replaces a sharder.toml that is there already",
                                      .store = [](CommandLine& line,
                                                  const std::string&) { return line.init.force = true; }}}),
      .examples = {{"sharder init && sharder list", "see whether it found your tests"}},
      .statuses = {70, 2, 0},
  };
}

VerbDescription shell_verb() {
  return {
      .verb = Verb::shell,
      .words = "shell",
      .usage = "[TEST] [FLAGS]",
      .summary = "an interactive shell in a fresh clone",
      .text = {"Starts a clone as `sharder run` would, with the project, the setup and the services, and a "
               "shell in it "
               "as the tests' user. With TEST, an id, its environment and directory are those of the test. "
               "What is "
               "changed in the clone is gone when the shell ends."},
      .flags = few_flags({"config", "profile-config", "base", "fresh", "color"}),
      .operands = Operands::at_most_one,
      .operand = "TEST",
      .store_operand = [](CommandLine& line,
                          const std::string& value) { return set_text(line.shell.test, value); },
      .examples = {{"sharder shell", "look around as a test would"},
                   {"sharder shell unit/Queue.Pops", "with the environment of that test"}},
      .statuses = {70, 2, 75, 5, 0},
  };
}

VerbDescription doctor_verb() {
  return {
      .verb = Verb::doctor,
      .words = "doctor",
      .usage = "[FLAGS]",
      .summary = "says what this machine can do, what is missing, and what mends it",
      .text = {"Tries out what clones need - containers, overlays, control groups, user namespaces - and "
               "prints what "
               "tests would and would not see. Changes nothing."},
      .flags = few_flags({"config", "profile-config", "base", "color"}),
      .examples = {{"sudo sharder doctor", "as the user who will run the tests"}},
      .statuses = {70, 2, 0},
  };
}

VerbDescription clean_verb() {
  return {
      .verb = Verb::clean,
      .words = "clean",
      .usage = "",
      .summary = "removes what dead runs left, and nothing else",
      .text = {"Clones, mounts, control groups and directories of runs that are no longer alive. Runs that "
               "are, their "
               "results, histories and bases stay."},
      .flags = few_flags({"color"}),
      .examples = {{"sudo sharder clean", "after the machine lost power, say"}},
      .statuses = {70, 2, 0},
  };
}

}  // namespace

const std::vector<VerbDescription>& verb_descriptions() {
  static const std::vector<VerbDescription> descriptions = [] {
    std::vector<VerbDescription> all{run_verb(), list_verb(), merge_verb(), init_verb()};
    for (auto* more : {&planning_verbs, &base_verbs}) {
      std::vector<VerbDescription> verbs = more();
      std::move(verbs.begin(), verbs.end(), std::back_inserter(all));
    }
    for (auto* more : {&shell_verb, &doctor_verb, &clean_verb}) all.push_back(more());
    return all;
  }();
  return descriptions;
}

const VerbDescription* find_verb(const std::string& words) {
  for (const VerbDescription& description : verb_descriptions())
    if (description.words == words) return &description;
  return nullptr;
}

std::vector<std::string> verbs_of_group(const std::string& group) {
  std::vector<std::string> verbs;
  for (const VerbDescription& description : verb_descriptions())
    if (description.words.starts_with(group + " ")) verbs.push_back(description.words.substr(group.size() + 1));
  return verbs;
}

const std::vector<std::string>& later_verbs() {
  static const std::vector<std::string> verbs{"hunt", "diagnose", "size",   "report",
                                              "hold", "compare",  "bundle", "submit"};
  return verbs;
}

}  // namespace sharder
