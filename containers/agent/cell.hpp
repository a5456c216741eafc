// A cell's root and namespaces: puts the detached mounts that the keeper pushed where they belong and makes
// them this process's root. Asks for nothing, names nothing outside the clone.
#pragma once

#include <sys/types.h>

#include <string>

#include "containers/agent/messages.hpp"
#include "containers/agent/spawn.hpp"

namespace sharder::agent {

/// Forks a process into fresh mount, PID, IPC and UTS namespaces; it is their init. As fork() returns.
pid_t fork_into_cell();

/// In that process: builds the root from the Run's pieces and enters it. "" or what went wrong.
/// `privileged`: the clone has no user namespace, so that /proc/sys must be made read-only here.
std::string enter_cell(const wire::Run& run, const Streams& streams, bool privileged);

}  // namespace sharder::agent
