// Reads everything that decides a run - command line, environment, sharder.toml with its profile, presets -
// into one Config, and says all that is wrong at once. Looks at the machine for nothing else.
#pragma once

#include <filesystem>

#include "sharder/config/command_line.hpp"
#include "sharder/config/config.hpp"
#include "sharder/config/diagnostic.hpp"
#include "sharder/config/environment.hpp"

namespace sharder {

struct LoadResult {
  Config config;  // whole where no diagnostic is an error
  Diagnostics diagnostics;
};

/// For `run` and `list` a configuration and a suite must be there; other verbs do without. Throws nothing for
/// what stands in files, arguments and variables. `working_directory` is absolute.
LoadResult load(const CommandLine& command_line, const Environment& environment,
                const std::filesystem::path& working_directory);

}  // namespace sharder
