// What the descriptions of verbs are put together from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sharder/cli/options_verbs.hpp"

namespace sharder {

/// Flags of `run` that another verb takes too, after its own.
std::vector<Flag> shared_flags(const std::vector<std::string>& names, std::vector<Flag> own = {});
/// The same for verbs with so few flags that they need no groups; flags of other groups than "" keep theirs.
std::vector<Flag> few_flags(const std::vector<std::string>& names, std::vector<Flag> own = {});

bool add_pattern(CommandLine& line, const std::string& value);
bool set_text(std::optional<std::string>& target, const std::string& value);

/// base create, list, show, refresh, remove.
std::vector<VerbDescription> base_verbs();
/// plan, simulate, history ..., profile ...
std::vector<VerbDescription> planning_verbs();

}  // namespace sharder
