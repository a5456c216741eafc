// Removes what dead runs left on the machine, and nothing else: a run is dead when nobody holds the lock in
// its directory. The launcher does the same at every start, `sharder clean` on request.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sharder {

struct CleanReport {
  std::vector<std::string> removed;  // for people: "run 7f2a: directory, 10 control groups"
  std::vector<std::string> kept;     // what could not be removed, and why
};

/// Never touches a living run's directory, control groups, processes or storage. `except` is a run that is
/// about to take its lock.
CleanReport clean_dead_runs(const std::filesystem::path& runs = "/run/sharder",
                            const std::string& except = {});

}  // namespace sharder
