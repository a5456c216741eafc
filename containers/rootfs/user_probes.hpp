// What an ordinary user lacks on this machine to have clones, and the command that adds it.
#pragma once

#include <vector>

#include "containers/rootfs/probes.hpp"

namespace sharder::rootfs {

/// In the order in which they would be mended. For a process outside all namespaces.
std::vector<Probe> probe_ordinary_user();

}  // namespace sharder::rootfs
