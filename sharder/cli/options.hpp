// Turns what was typed into a CommandLine. Refuses what it does not know, and says what was probably meant;
// decides nothing about runs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sharder/config/command_line.hpp"

namespace sharder {

inline constexpr const char* version_number = "0.1.0";
inline constexpr const char* version_text = "sharder 0.1.0";

struct ParsedCommandLine {
  CommandLine command_line;
  /// For --help, --version and `help`: what to print on standard output instead of doing anything.
  std::optional<std::string> print;
};

/// `arguments` without the program's name. Throws UsageError.
ParsedCommandLine parse_command_line(const std::vector<std::string>& arguments);

}  // namespace sharder
