// What people type from the habit of other runners, and what it is called here.
#pragma once

#include <string>
#include <vector>

#include "sharder/cli/options_verbs.hpp"

namespace sharder {

/// A hint for a flag that the verb does not know: ours for it, the nearest spelling, or where to look.
std::string hint_for_unknown_flag(const std::string& flag, const VerbDescription& verb);

}  // namespace sharder
