// What runs leave on a machine: looked at before and after, so that other runs of the same moment do no harm.
#pragma once

#include <set>
#include <string>

namespace sharder::end_to_end {

/// Runs that the machine knows of: names in /run/sharder (but for what stays there) and of control groups.
std::set<std::string> runs_on_machine();

/// Mounts in our own namespace that speak of sharder.
std::set<std::string> mounts_of_sharder();

/// Those of `runs` that are over: nothing holds their lock.
std::set<std::string> dead_among(const std::set<std::string>& runs);

/// Makes orphans of the programs that we start our children, so that descendants() finds them.
void adopt_orphans();

/// Names of living processes that descend from us. Dead ones that nobody waited for are waited for.
std::set<std::string> descendants();

}  // namespace sharder::end_to_end
