// A clone's limits as files of control groups: what to tell liblxc, and whether the kernel took it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "containers/cgroups/hierarchies.hpp"

namespace sharder::cgroups {

struct Limits {
  std::uint64_t memory_bytes = 0;  // 0: none
  std::uint32_t processes = 0;     // 0: none
  std::string cpus;                // list as in "0-3,8"; "": all
  int memory_node = -1;            // -1: all
};

struct Setting {
  std::string controller, file, value;
  int version = 1;
  /// liblxc's name for it: "lxc.cgroup.memory.limit_in_bytes".
  std::string key() const { return (version == 2 ? "lxc.cgroup2." : "lxc.cgroup.") + file; }
};

/// Whether processes may have their memory from the node alone: it has memory, and it is allowed to us. Told by the
/// content of /proc/self/status.
bool may_use_memory_node(int node, std::string_view status);

/// Without those whose controller is missing. An ordinary user is told of that once for all clones.
Limits as_far_as_possible(Limits limits, const Hierarchies& hierarchies);

/// The settings that make the limits hold. Throws ContainerError for a limit whose controller the machine
/// lacks.
std::vector<Setting> settings_for(const Limits& limits, const Hierarchies& hierarchies);

/// Reads every setting back from the clone's group (relative to the hierarchy's directory). Throws
/// ContainerError that names controller, file, wanted and found value.
void verify(const std::vector<Setting>& settings, const Hierarchies& hierarchies, const std::string& group);

/// Whether what a file shows means what was asked: sizes are rounded to pages, lists of CPUs are normalised.
bool means_the_same(const Setting& setting, std::string_view found);

}  // namespace sharder::cgroups
