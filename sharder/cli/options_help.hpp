// Prints what the verb table knows, for people: --help.
#pragma once

#include <string>

#include "sharder/cli/options_verbs.hpp"

namespace sharder {

/// `sharder --help`.
std::string overview_text();
/// `sharder base --help`, for a group of verbs.
std::string group_overview_text(const std::string& group);
/// `sharder VERB --help`.
std::string help_text(const VerbDescription& description);

}  // namespace sharder
