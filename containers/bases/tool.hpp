// Runs the programs that fill a base (mmdebstrap, cp, tar): quietly, in a defined environment, and so that
// Ctrl-C ends them before anything they wrote is removed.
#pragma once

#include <string>
#include <vector>

#include "containers/bases/interruption.hpp"

namespace sharder {

/// Waits for `command` to end well. Throws Interrupted after a signal, when the command has ended;
/// ContainerError with the end of its output when it failed; SystemError when it cannot be started. Without
/// `interruption` it takes its time whatever signal waits: for what must be removed on the way out. Errors
/// name it `name`, where the command's first word would mislead.
void run_tool(const std::vector<std::string>& command, InterruptionGuard* interruption,
              const std::string& name = {});

}  // namespace sharder
