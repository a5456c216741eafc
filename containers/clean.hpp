// Removes what dead runs left on the machine, and nothing else: a run is dead when nobody holds the lock in its
// directory. The supervisor does it at every start, `sharder clean` on request. An ordinary user's are removed in his
// namespace, since it is ids of that which his clones' files have.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sharder/support/places.hpp"

namespace sharder {

struct CleanReport {
  std::vector<std::string> removed;  // for people: "run 7f2a: directory, 10 control groups"
  std::vector<std::string> kept;     // what could not be removed, and why
};

/// Never touches a living run's directory, control groups, processes or storage. `except` is a run whose lock the
/// caller holds or is about to take.
CleanReport clean_dead_runs(const std::filesystem::path& runs = own_places().runs, const std::string& except = {});

/// What a launch server that died left of a living run: its groups and its clones' directories, not its layers.
void clean_after_server(const std::filesystem::path& run);

}  // namespace sharder
