// Room for clones in the control groups of the clone that we run in.
#pragma once

#include "containers/cgroups/hierarchies.hpp"

namespace sharder::cgroups {

/// In v2 a group that holds processes gives no controllers to groups below it. So the processes of this clone's first
/// group go into one beside those of our clones, named as systemd names its own, and the controllers of limits are
/// handed on. Does nothing in v1, and nothing where they are handed on already. Throws UnfitError.
void make_room(const Hierarchies& hierarchies);

}  // namespace sharder::cgroups
