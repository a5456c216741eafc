// What an ordinary user's clones cannot have, told before anything is started, and what doctor tells him besides.
#pragma once

#include <vector>

#include "containers/rootfs/probes.hpp"
#include "sharder/config/config.hpp"

namespace sharder {

/// Throws UnfitError, with what can be had instead, for settings that take root.
void refuse_what_takes_root(const ClonesConfig& clones);

/// His limits and his bases: nothing essential, but he will want to know.
std::vector<rootfs::Probe> probe_limits_and_bases();

}  // namespace sharder
