// Who fills and removes bases: root, or root of the ordinary user's namespace that bases are made in.
#pragma once

#include <string>
#include <vector>

namespace sharder {

/// Whether bases are an ordinary user's, with ids of his own.
bool bases_are_own();

/// The command as run_tool() must run it, so that it may give files of a base any owner.
std::vector<std::string> as_base_root(std::vector<std::string> command);

}  // namespace sharder
