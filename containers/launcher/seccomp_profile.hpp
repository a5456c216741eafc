// Which system calls a clone may not make, as liblxc reads it. A list of its own instead of the one that liblxc may
// have on the machine: so that it is the same everywhere, and can be told.
#pragma once

#include <string>

namespace sharder::launcher {

/// The profile's text. Refused is what reaches around namespaces or is of use to attacks alone; what suites use
/// (ptrace, namespaces of their own, io_uring, counting one's own events) is not. Root without a user namespace is
/// refused less.
std::string seccomp_profile(bool privileged);

}  // namespace sharder::launcher
