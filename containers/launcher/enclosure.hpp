// A run's processes live in a process namespace of their own: whatever ends its first process, the kernel ends all
// others, also those that nobody knows of or that wait for something that will not come.
#pragma once

#include <string>

namespace sharder::launcher {

/// Returns in a child that is the first process of a new process namespace, with a mount namespace and a /proc to
/// match. This process stays outside as its guard: it leaves with the child's exit status, and kills it when the
/// supervisor has been dead for a while and the child has not ended by itself. Returns what went wrong, "" if nothing
/// did.
std::string enter_enclosure();

/// Kills everything in the enclosure but ourselves, and waits until all of it is gone, at most two seconds.
void end_everybody();

}  // namespace sharder::launcher
