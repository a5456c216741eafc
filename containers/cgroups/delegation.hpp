// Limits in a control group of v2 that was delegated to an ordinary user, where liblxc does not make the clone's group.
#pragma once

#include <string>
#include <vector>

#include "containers/cgroups/hierarchies.hpp"
#include "containers/cgroups/limits.hpp"

namespace sharder::cgroups {

/// Makes the group "RUN/CLONE" of the delegated tree, with limits, and returns its directory: who enters it and then
/// asks liblxc for a container has that below. Throws SystemError or UnfitError.
std::string make_limited_group(const Hierarchy& tree, const std::string& group, const std::vector<Setting>& limits);

}  // namespace sharder::cgroups
