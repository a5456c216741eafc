// Everything that the command line, the environment and sharder.toml decide, as one plain value.
// Names follow contract.md's keys. Loading is config/load.hpp; nothing here reads a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sharder/config/events_target.hpp"
#include "sharder/support/time_source.hpp"

namespace sharder {

enum class Feed { each, batch, standard_input };
enum class Freshness { automatic, test, batch, worker, clone };
enum class FlakyPolicy { pass, warn, fail };

/// `list` or `run` of a framework. Placeholders: {program} {arguments} {interpreter} {id} {ids} {id_file}
/// {result_file} {command}.
struct FrameworkCommand {
  std::string command;
  std::string format;  // list: ids json subunit1 subunit2 gtest ctest; run: exit subunit1 subunit2 tap gtest junit
  Feed feed = Feed::each;
  std::string separator = " ";
  std::string escape;  // "" or "regex"
};

/// What the program knows of a framework, as data: a preset, or [framework.NAME].
struct FrameworkConfig {
  std::string name;
  std::optional<FrameworkCommand> list;  // absent: every program is one test
  FrameworkCommand run;
  bool needs_programs = false;
  std::vector<std::string> default_programs;  // where the suite names none
  std::string default_interpreter;            // "python3"; found in the clone's PATH
  std::string adapter;                        // file of suites/adapters injected into the process, "" for none
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<int> skip_statuses;             // exit statuses that mean skipped (format exit)
  std::vector<std::string> filter_tags;       // results with one of these tags are no tests (.testr.conf)
  std::vector<std::pair<std::string, std::string>> explanation;  // remarks for `list --explain`
};

struct SuiteConfig {
  std::string name;
  FrameworkConfig framework;  // with the suite's own list/run in force
  std::vector<std::string> programs;
  std::string directory;  // absolute
  std::string project_directory;  // absolute; what `programs` are relative to. Empty: `directory`
  std::vector<std::string> arguments;
  std::string interpreter;
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::string> pass_environment{"PATH", "LANG", "CI"};
  std::string group_by;  // "" file class re:GROUP
};

/// "auto" is an empty optional.
struct WorkersChoice {
  std::optional<int> number;
  std::optional<double> share;  // of the cores, 0..1]
};

struct MountConfig {
  std::string source, target, mode = "ro";
};

struct SetupConfig {
  std::vector<std::string> commands;
  bool services = false;
  std::vector<std::string> inputs;
};

struct StartConfig {
  std::vector<std::string> commands;
  std::string ready, stop;
  Seconds timeout{30};
};

struct ClonesConfig {
  std::string base = "host";
  WorkersChoice workers;
  Freshness fresh = Freshness::automatic;
  std::vector<std::string> share;
  std::string user = "invoker";
  bool privileged = false;
  std::string network = "none";
  bool nesting = false;
  std::optional<std::uint64_t> memory_bytes;
  int processes = 4096;
  int open_files = 4096;
  std::string storage = "tmpfs";
  std::optional<std::uint64_t> disk_bytes;
  std::vector<std::string> hide;  // the whole default list unless the file says otherwise
  std::vector<MountConfig> mounts;
  std::vector<std::string> collect;
  SetupConfig setup;
  StartConfig start;
};

struct RunConfig {
  Seconds timeout{600};
  double timeout_factor = 1.0;
  Seconds slow{60};
  int reruns = 3;
  double rerun_limit = 0.05;  // share of the selected tests
  FlakyPolicy flaky = FlakyPolicy::pass;
  bool leaks_fail = false;
  std::uint64_t output_bytes = 1 << 20;
  bool locks_dissolve = false;
  std::string keep_apart = "known";

  // Command line and environment only.
  std::string order = "auto";
  std::optional<std::uint64_t> seed;
  std::optional<int> fail_fast;  // stop after that many failures
  std::optional<Seconds> deadline;
  bool no_tests_fail = true;
  int partition = 1, partitions = 1;  // the Kth of N
  std::optional<int> hold_on_fail;    // keep the clones of that many failures
  std::string diagnose = "auto";      // auto, off, or a number
};

/// Conditions of [[override]]; only what is set is applied, in the order of the file.
struct OverrideConfig {
  std::string match;
  std::optional<Seconds> timeout;
  std::optional<bool> exclusive;
  std::optional<std::vector<std::string>> locks;
  std::optional<int> cores;
  std::optional<std::string> group;
  struct Quarantine {
    std::string owner, until, reason;
  };
  std::optional<Quarantine> quarantine;
};

/// Which tests and where results go; from the command line and the environment.
struct SelectionConfig {
  std::vector<std::string> patterns;
  bool exact = false;
  std::vector<std::string> suites;
  std::optional<std::string> load_list;  // absolute path or "-"
  bool failed = false;                   // only what did not pass in the last run
};

/// The mirror of the event stream, and what a broker is shown and asked for.
struct EventsConfig {
  EventsTarget target;
  std::optional<std::filesystem::path> credentials;  // user and password, a line each
  std::optional<std::filesystem::path> ca;           // who vouches for the broker; default: whom the system trusts
  std::optional<std::filesystem::path> certificate;  // ours, with its key
};

struct OutputConfig {
  std::optional<std::filesystem::path> directory;
  std::optional<std::string> resume;  // run id or directory
  std::vector<std::pair<std::string, std::string>> copies;  // ("junit"|"ctrf"|"subunit"|"subunit1"|..., path or "-")
  std::optional<EventsConfig> events;
  std::string progress = "auto";            // auto bar lines none
  std::string output_on_failure = "final";  // immediate final never
  std::string color = "auto";
};

struct HistoryConfig {
  std::optional<std::filesystem::path> file;
  bool enabled = true;
};

struct Config {
  std::filesystem::path file;               // empty where .testr.conf alone sufficed
  std::filesystem::path project_directory;  // absolute
  std::string project;
  std::vector<SuiteConfig> suites;
  std::vector<OverrideConfig> overrides;
  ClonesConfig clones;
  RunConfig run;
  SelectionConfig selection;
  OutputConfig output;
  HistoryConfig history;
  /// Files of an outer runner (bazel's TEST_SHARD_STATUS_FILE) that are touched to say that sharding is understood.
  std::vector<std::filesystem::path> shard_status_files;
};

}  // namespace sharder
