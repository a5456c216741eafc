// Lays the flags (and SHARDER_RUN_* variables) over what the file says.
#pragma once

#include <filesystem>

#include "sharder/config/command_line.hpp"
#include "sharder/config/config.hpp"
#include "sharder/config/diagnostic.hpp"

namespace sharder {

/// Paths become absolute, relative to where the caller is.
void apply_options(const RunOptions& options, const std::filesystem::path& working_directory, Config& config,
                   Diagnostics& diagnostics);

}  // namespace sharder
