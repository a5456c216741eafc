// How probes try things out without leaving anything: in a child process, whose namespaces end with it.
#pragma once

#include <functional>
#include <string>

#include "containers/rootfs/probes.hpp"

namespace sharder::rootfs {

/// Runs `work` in a child and tells what it threw; "" for nothing. Throws SystemError where no process is to be had.
std::string outcome_in_child(const std::function<void()>& work);

/// For `work`: a mount namespace of its own.
void enter_mount_namespace();
/// The same with a small tmpfs on /tmp as working directory, and the directories of an overlay in it.
void enter_scratch();

Probe probe_by_doing(std::string name, const std::function<void()>& work, bool essential, std::string cure);

/// What every kind of user needs.
Probe probe_liblxc();
Probe probe_children_files();

}  // namespace sharder::rootfs
