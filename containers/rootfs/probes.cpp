#include "containers/rootfs/probes.hpp"

#include <unistd.h>

#include <cerrno>

#include "containers/cgroups/hierarchies.hpp"
#include "containers/rootfs/file_systems.hpp"
#include "containers/rootfs/id_map.hpp"
#include "containers/rootfs/mount_calls.hpp"
#include "containers/rootfs/nested_probes.hpp"
#include "containers/rootfs/nesting.hpp"
#include "containers/rootfs/probing.hpp"
#include "containers/rootfs/user_probes.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder::rootfs {
namespace {

ClonesIds probe_ids() {
  return {IdMap(first_range), IdMap(first_range)};
}

void try_overlay() {
  enter_scratch();
  attach(make_overlay({{"lower"}, "upper", "work", true}), "merged");
}

void try_shifted_overlay() {
  const UniqueFd root = copy_mount("/");
  enter_scratch();
  idmap(root, make_user_namespace(probe_ids(), first_range), "/");
  attach(root, "shifted");
  attach(make_overlay({{"shifted"}, "upper", "work", true}), "merged");
}

void try_user_namespace() {
  make_user_namespace(probe_ids(), first_range);
}

void try_shifted_tmpfs() {
  enter_scratch();
  idmap(copy_mount("/tmp"), make_user_namespace(probe_ids(), first_range), "a tmpfs");
}

Probe probe_mkfs() {
  const bool ok = ::access("/usr/bin/mkfs.erofs", X_OK) == 0 || ::access("/usr/sbin/mkfs.erofs", X_OK) == 0;
  return {"mkfs.erofs for setup layers", ok, false, ok ? "there" : "missing: clones.setup cannot be used",
          ok ? "" : "apt install erofs-utils"};
}

Probe probe_loop() {
  const bool ok = ::access("/dev/loop-control", R_OK | W_OK) == 0;
  return {"loop devices for setup layers", ok, false, ok ? "there" : "missing: clones.setup cannot be used",
          ok ? "" : "modprobe loop"};
}

/// Limits of clones are not optional, and liblxc wants to write to every hierarchy that it sees.
Probe probe_control_groups() {
  Probe probe{"control groups", false, true, {}, {}};
  const cgroups::Hierarchies hierarchies = cgroups::Hierarchies::detect();
  if (const std::vector<std::string> missing = cgroups::missing_limits(hierarchies); !missing.empty()) {
    probe.detail = "this machine has no cgroup controller \"" + missing.front() + "\"";
    probe.cure = "mount it, boot with cgroup_enable=" + missing.front() + ", or enable it in cgroup.subtree_control";
    return probe;
  }
  for (const cgroups::Hierarchy& hierarchy : hierarchies.all()) {
    if (::access(hierarchy.directory.c_str(), W_OK) == 0) continue;
    probe.detail = hierarchy.directory + ": " + error_text(errno);
    probe.cure = "mount -o remount,rw " + hierarchy.directory;
    return probe;
  }
  return {probe.name, true, true, "can be written", {}};
}

}  // namespace

std::vector<Probe> probe_machine() {
  const Surroundings here = find_surroundings();
  if (const std::optional<Refusal> refusal = refusal_of(here, ::geteuid()))
    return {{"clones in a clone", false, true, refusal->why, refusal->cure}};
  if (::geteuid() != 0) return probe_ordinary_user();
  std::vector<Probe> probes{probe_liblxc(), probe_children_files()};
  if (here == Surroundings::nesting_clone) {
    add_nested_probes(probes);
    return probes;
  }
  probes.push_back(probe_control_groups());
  probes.push_back(probe_by_doing("user namespaces", &try_user_namespace, true,
                                  "sysctl user.max_user_namespaces=10000, or clones.privileged = true"));
  probes.push_back(probe_by_doing("overlay on tmpfs", &try_overlay, true, "modprobe overlay"));
  probes.push_back(
      probe_by_doing("overlay over the shifted root", &try_shifted_overlay, true,
                     "Linux 5.19 or newer with / on ext4, xfs or btrfs; or clones.privileged = true"));
  probes.push_back(probe_by_doing("shifted tmpfs for setup layers", &try_shifted_tmpfs, false,
                                  "Linux 6.3 or newer; or clones.privileged = true"));
  probes.push_back(probe_loop());
  probes.push_back(probe_mkfs());
  return probes;
}

FileSystemProbe probe_file_system(const std::string& path) {
  FileSystemProbe result;
  std::size_t best = 0;
  for (const MountPoint& mount : parse_mountinfo(read_file_if_any("/proc/self/mountinfo").value_or(""))) {
    if (!is_within(path, mount.path) || mount.path.size() < best) continue;
    best = mount.path.size();
    result.type = mount.type;
  }
  try {
    const UniqueFd copy = copy_mount(path);
    idmap(copy, make_user_namespace(probe_ids(), first_range), path);
    result.can_be_shifted = true;
  } catch (const Error& error) {
    result.why_not = error.what();
  }
  return result;
}

}  // namespace sharder::rootfs
