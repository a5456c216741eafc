// Prints what the verb table knows, for people: --help.
#pragma once

#include <string>

#include "sharder/cli/options_verbs.hpp"

namespace sharder {

/// `sharder --help`.
std::string overview_text();
/// `sharder base --help`.
std::string base_overview_text();
/// `sharder VERB --help`.
std::string help_text(const VerbDescription& description);

}  // namespace sharder
