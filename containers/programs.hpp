// Where sharder-launcher and sharder-agent are.
#pragma once

#include <filesystem>

namespace sharder {

struct ClonePrograms {
  std::filesystem::path launcher, agent;
};

/// Looks beside the running executable (a build tree), then in ../libexec/sharder and ../lib/sharder
/// (installed). Throws UnfitError when they are nowhere.
ClonePrograms find_clone_programs();

}  // namespace sharder
