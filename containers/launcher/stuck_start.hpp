// liblxc waits without end for word from the first process of a container that it starts, also when that one has died.
#pragma once

#include <sys/types.h>

namespace sharder::launcher {

/// Whether liblxc's process `starter` has children, and all of them are dead.
bool waits_for_the_dead(pid_t starter);

}  // namespace sharder::launcher
