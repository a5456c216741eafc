// What a clone's settings are in liblxc's words.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "containers/bridge/bridge.hpp"
#include "containers/cgroups/limits.hpp"
#include "containers/rootfs/clone_root.hpp"

namespace sharder::launcher {

struct ContainerPlan {
  const rootfs::RootPlan* plan = nullptr;
  const rootfs::CloneRoot* root = nullptr;
  std::string directory;  // of the clone, for the log
  std::string group;      // of the clone, relative to a hierarchy's directory
  std::string host_name;
  std::string seccomp_profile;  // its file; "": none
  int user_namespace = -1;  // -1: none
  std::vector<cgroups::Setting> limits;
  bool devices_v1 = true;
  bool delegated_groups = false;  // groups are made in ours, not in the first one
  bool limited_already = false;   // the group that liblxc starts in is the clone's, and has its limits
  std::string bridge;  // "": loopback only
  CloneAddress address;
};

/// The configuration, item by item, in the order in which liblxc must hear it.
std::vector<std::pair<std::string, std::string>> container_items(const ContainerPlan& plan);

}  // namespace sharder::launcher
