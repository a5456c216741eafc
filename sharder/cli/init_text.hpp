// Writes a sharder.toml that explains itself, and says what was found. Pure.
#pragma once

#include <string>
#include <vector>

#include "sharder/cli/init_detection.hpp"

namespace sharder {

/// The file. Without findings: an example for programs that tell by their exit status.
std::string configuration_text(const std::vector<Finding>& findings);

/// What was found and what to do next, for people.
std::string findings_text(const std::vector<Finding>& findings);

}  // namespace sharder
