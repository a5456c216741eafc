// Reads the configuration for a verb and tells people what is wrong with it.
#pragma once

#include <string>

#include "sharder/config/command_line.hpp"
#include "sharder/config/environment.hpp"

namespace sharder {

/// Prints all diagnostics to standard error; throws ConfigError if one of them is an error.
Config load_or_refuse(const CommandLine& line, const Environment& environment);

/// The content of the file that --load-list names; "-" is standard input. Throws UsageError.
std::string read_load_list(const SelectionConfig& selection);

}  // namespace sharder
