// Room for clones in control groups that are not the machine's first: those of the clone that we run in, or those that
// were delegated to us.
#pragma once

#include <string>

#include "containers/cgroups/hierarchies.hpp"

namespace sharder::cgroups {

/// In v2 a group that holds processes gives no controllers to groups below it. So the processes of that
/// group go into one beside those of our clones, named as systemd names its own, and the controllers of limits are
/// handed on. Does nothing in v1, and nothing where they are handed on already. Throws UnfitError.
void make_room(const Hierarchies& hierarchies);

/// Hands the controllers of limits on from one group of v2, which must hold no process. Throws UnfitError.
void hand_on_controllers(const Hierarchy& hierarchy, const std::string& group);

}  // namespace sharder::cgroups
