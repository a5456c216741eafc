// The verb `sharder init`: looks at a directory, writes a sharder.toml there.
#pragma once

#include <filesystem>
#include <string>

#include "sharder/config/command_line.hpp"

namespace sharder {

/// Writes DIRECTORY/sharder.toml and returns what to tell people. Throws UsageError where there is one
/// already and `force` is not given, SystemError where it cannot be written.
std::string init_project(const InitOptions& options, const std::filesystem::path& directory);

/// The same in the working directory, told on standard output. Returns the exit status.
int verb_init(const CommandLine& line);

}  // namespace sharder
