#include "containers/clean.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cctype>
#include <set>
#include <string_view>

#include "containers/bridge/bridge.hpp"
#include "containers/cgroups/hierarchies.hpp"
#include "containers/rootfs/own_namespace.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view group_prefix = "sharder-";
constexpr const char* networks_directory = "networks";
/// What lies beside the runs and belongs to all of them.
const std::set<std::string> shared_directories{"locks", networks_directory, "ranges", "slots"};
constexpr const char* storage_directory = "/var/lib/sharder/storage";
constexpr const char* lxc_lock_directory = "/run/lxc/lock";

/// Names of what lies in a directory; empty where there is none.
std::set<std::string> names_in(const fs::path& directory) {
  std::set<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error))
    names.insert(at->path().filename().string());
  return names;
}

/// The run's lock if it is free, held by us from now on; a run that has just been made and not locked yet
/// cannot be told from a dead one, which is why the launcher makes and locks its directory under the lock of
/// `runs`.
UniqueFd take_lock(const fs::path& run) {
  UniqueFd lock(::open((run / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) lock.reset();
  return lock;
}

/// "20261122-105835-24ee": a date, a time, and what tells runs of one second apart. A group that somebody else calls
/// sharder-something is none of ours.
bool is_run_id(const std::string& name) {
  constexpr std::string_view form = "dddddddd-dddddd-";
  if (name.size() <= form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] == 'd' ? std::isdigit(static_cast<unsigned char>(name[i])) == 0 : name[i] != form[i]) return false;
  return true;
}

/// Runs that have control groups.
std::set<std::string> runs_with_groups(const cgroups::Hierarchies& hierarchies) {
  std::set<std::string> runs;
  for (const cgroups::Hierarchy& hierarchy : hierarchies.all())
    for (const std::string& name : names_in(hierarchy.directory))
      if (name.starts_with(group_prefix) && is_run_id(name.substr(group_prefix.size())))
        runs.insert(name.substr(group_prefix.size()));
  return runs;
}

/// True when the run's groups are gone. What still lives in them is a clone whose launcher was stopped before it was
/// killed.
bool remove_groups(const cgroups::Hierarchies& hierarchies, const std::string& run) {
  return cgroups::end_group(hierarchies, std::string(group_prefix) + run);
}

void remove_run(const fs::path& runs, const std::string& run, const cgroups::Hierarchies& hierarchies,
                CleanReport& report) {
  if (!remove_groups(hierarchies, run))
    report.kept.push_back("control groups of run " + run + ": something in them cannot be killed");
  std::error_code error;
  fs::remove_all(fs::path(storage_directory) / run, error);
  fs::remove_all(lxc_lock_directory + (runs / run).string(), error);
  fs::remove_all(runs / run, error);
  if (error) {
    report.kept.push_back((runs / run).string() + ": " + error_text(error.value()));
  } else {
    report.removed.push_back("run " + run);
  }
}

/// What may be a run, alive or dead.
std::set<std::string> candidates_in(const fs::path& runs, const cgroups::Hierarchies& hierarchies,
                                    const std::string& except) {
  std::set<std::string> candidates = runs_with_groups(hierarchies);
  candidates.merge(names_in(runs));
  // Runs of another directory have their locks there, and may live.
  if (runs == own_places().runs) candidates.merge(names_in(storage_directory));
  std::erase_if(candidates, [&](const std::string& name) {
    return shared_directories.count(name) > 0 || name == except || name.starts_with(".");
  });
  return candidates;
}

CleanReport clean_as_root(const fs::path& runs, const std::string& except) {
  CleanReport report;
  std::error_code ignored;
  // Gone with the power, unlike what lies on the disk.
  if (runs == own_places().runs && !names_in(storage_directory).empty()) fs::create_directories(runs, ignored);
  const UniqueFd gate(::open((runs / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!gate) return report;  // no run was ever made here
  ::flock(gate.get(), LOCK_EX);
  const cgroups::Hierarchies hierarchies = cgroups::Hierarchies::detect();
  for (const std::string& run : candidates_in(runs, hierarchies, except)) {
    std::error_code error;
    UniqueFd lock;
    if (fs::exists(runs / run, error)) {
      lock = take_lock(runs / run);
      if (!lock) continue;  // alive
    }
    remove_run(runs, run, hierarchies, report);
  }
  try {
    clean_dead_bridges(runs / networks_directory);
  } catch (const Error& error) {
    report.kept.push_back(std::string("networks of dead runs: ") + error.what());
  }
  return report;
}

void clean_after_server_as_root(const fs::path& run) {
  const std::string id = run.filename().string();
  remove_groups(cgroups::Hierarchies::detect(), id);
  std::error_code ignored;
  fs::remove_all(fs::path(storage_directory) / id, ignored);
  for (const std::string& name : names_in(run))
    if (name.starts_with(id)) fs::remove_all(run / name, ignored);
}

/// A report's lines as they come from a child, each after a sign of its kind.
std::string to_text(const CleanReport& report) {
  std::string text;
  for (const std::string& line : report.removed) text += "-" + line + "\n";
  for (const std::string& line : report.kept) text += "+" + line + "\n";
  return text;
}

CleanReport from_text(const std::string& text) {
  CleanReport report;
  for (const std::string& line : split_lines(text))
    (line.starts_with('-') ? report.removed : report.kept).push_back(line.substr(1));
  return report;
}

}  // namespace

CleanReport clean_dead_runs(const fs::path& runs, const std::string& except) {
  if (::geteuid() == 0) return clean_as_root(runs, except);
  if (candidates_in(runs, cgroups::Hierarchies::detect(), except).empty()) return {};
  return from_text(rootfs::done_in_own_namespace([&] { return to_text(clean_as_root(runs, except)); }));
}

void clean_after_server(const fs::path& run) {
  if (::geteuid() == 0) return clean_after_server_as_root(run);
  rootfs::done_in_own_namespace([&] {
    clean_after_server_as_root(run);
    return std::string();
  });
}

}  // namespace sharder
