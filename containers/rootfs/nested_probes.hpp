// What a clone with nesting can do for clones in it, found out by doing it.
#pragma once

#include <vector>

#include "containers/rootfs/probes.hpp"

namespace sharder::rootfs {

void add_nested_probes(std::vector<Probe>& probes);

}  // namespace sharder::rootfs
