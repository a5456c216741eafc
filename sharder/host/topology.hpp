// The cores of a machine and what they share, by hwloc; the only place that speaks to it.
#pragma once

#include <string>
#include <vector>

#include "sharder/host/machine.hpp"

namespace sharder {

/// The cores of this machine that its cpusets allow. Throws SystemError.
std::vector<Core> detect_cores();

/// The cores of a machine in hwloc's short form: "pack:2 l3:8 core:8 pu:2". Throws SystemError.
std::vector<Core> synthetic_cores(const std::string& description);

}  // namespace sharder
