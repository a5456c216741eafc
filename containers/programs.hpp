// Where the other programs of sharder are.
#pragma once

#include <filesystem>
#include <optional>

namespace sharder {

struct ClonePrograms {
  std::filesystem::path launcher, agent;
};

/// Looks beside the running executable (a build tree), then in ../libexec/sharder and ../lib/sharder
/// (installed). Throws UnfitError when they are nowhere.
ClonePrograms find_clone_programs();

/// sharder-mirror, looked for in the same places; nothing where this build has none.
std::optional<std::filesystem::path> find_mirror_program();

}  // namespace sharder
