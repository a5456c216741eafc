// Names a cached setup layer by everything that it depends on.
#pragma once

#include <string>

#include "sharder/run/context.hpp"

namespace sharder {

/// A hash over the base, the setup and start commands, the user, and path, size, mode and content of every input.
/// Inputs are globs relative to the project. A base of the host counts by the state of its package database.
std::string layer_key(const RunContext& context);

}  // namespace sharder
