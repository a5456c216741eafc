// What was typed, as typed values: which verb, and what its flags said. cli/options.hpp fills it, load()
// reads it. Only what was given is set; defaults are config.hpp's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sharder/config/config.hpp"

namespace sharder {

enum class Verb {
  run,
  list,
  init,
  base_create,
  base_list,
  base_show,
  base_refresh,
  base_remove,
  plan,
  simulate,
  merge,
  history_slowest,
  history_flaky,
  history_show,
  history_import,
  history_export,
  history_prune,
  profile_detect,
  profile_list,
  profile_show,
  shell,
  doctor,
  clean
};

/// The flags of `run`. `list`, `shell`, `doctor` and `base` take some of them; SHARDER_RUN_* set them too.
struct RunOptions {
  // What to run.
  std::optional<std::string> config, profile;
  std::vector<std::string> patterns, suites;
  bool exact = false, failed = false;
  std::optional<std::string> load_list;
  struct Partition {
    int number = 1, of = 1;
  };
  std::optional<Partition> partition;

  // How to run it.
  std::optional<WorkersChoice> workers;
  std::optional<std::string> order, base, resume;
  std::optional<std::uint64_t> seed;
  std::optional<Seconds> timeout, deadline;
  std::optional<double> timeout_factor;
  std::optional<Freshness> fresh;

  // When tests fail.
  std::optional<int> reruns, fail_fast, hold_on_fail;
  std::optional<FlakyPolicy> flaky;
  std::optional<bool> no_tests_fail;
  std::optional<std::string> diagnose;

  // Results.
  std::optional<std::string> output, junit, ctrf, subunit, subunit1, trace;
  std::optional<std::string> events, events_credentials, events_ca, events_certificate;
  std::optional<std::string> progress, output_on_failure, color, history;
  bool no_history = false;

  std::vector<std::string> framework_arguments;  // after "--"
  /// Names of the flags that the command line gave: the environment does not touch these.
  std::vector<std::string> given;
};

struct ListOptions {
  bool json = false;     // --format json
  bool explain = false;  // print presets and commands instead of tests
};

struct InitOptions {
  bool force = false;
};

/// `sharder base create NAME ...`; the other base verbs use the name alone.
struct BaseOptions {
  std::string name;
  std::optional<std::string> from;  // a directory, a tarball or the name of an LXC container
  std::optional<std::string> release, mirror;
  std::vector<std::string> packages;
  bool replace = false;
};

struct ShellOptions {
  std::optional<std::string> test;
};

/// `sharder plan`; the tests are selected as by `run`.
struct PlanOptions {
  std::vector<std::string> profiles;  // "all": every one
  std::optional<int> top;             // tests of the order that are printed
};

/// `sharder simulate`; --history, --order and --seed are those of RunOptions.
struct SimulateOptions {
  std::optional<std::string> journal;  // a run's id or directory, or "latest"
  std::vector<int> workers;
  std::vector<std::string> profiles;
  bool dissolve_locks = false;
};

/// `sharder merge RUN...`; reports, --output and --flaky are those of RunOptions.
struct MergeOptions {
  std::vector<std::string> runs;  // ids, directories or journals
  bool partial = false;           // go on where not all is there
};

/// `sharder history VERB`; --history is that of RunOptions.
struct HistoryOptions {
  std::optional<std::string> test;  // show
  std::vector<std::string> files;   // import
  std::optional<int> top, keep;
};

/// `sharder profile VERB`.
struct ProfileOptions {
  std::optional<std::string> name;    // show
  std::optional<std::string> output;  // detect: a directory
};

struct CommandLine {
  Verb verb = Verb::run;
  std::string text;  // as one would type it again
  RunOptions options;
  ListOptions list;
  InitOptions init;
  BaseOptions base;
  ShellOptions shell;
  PlanOptions plan;
  SimulateOptions simulate;
  MergeOptions merge;
  HistoryOptions history;
  ProfileOptions profile;
};

}  // namespace sharder
