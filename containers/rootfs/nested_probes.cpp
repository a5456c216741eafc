#include "containers/rootfs/nested_probes.hpp"

#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>

#include "containers/rootfs/file_systems.hpp"
#include "containers/rootfs/mount_calls.hpp"
#include "containers/rootfs/nesting.hpp"
#include "containers/rootfs/probing.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder::rootfs {
namespace {

void try_marks() {
  enter_scratch();
  if (::setxattr("lower", "user.overlay.opaque", "y", 1, 0) != 0)
    throw SystemError("mark a directory of a tmpfs", errno);
}

void try_overlay_over_root() {
  const std::vector<MountPoint> mounts = parse_mountinfo(read_file("/proc/self/mountinfo"));
  const UniqueFd root = copy_mount(place_of("/", offered_parts(), mounts));
  enter_scratch();
  attach(root, "lower");
  attach(make_overlay({{"lower"}, "upper", "work", false, Marks::user}), "merged");
}

Probe probe_tar() {
  const bool ok = ::access("/usr/bin/tar", X_OK) == 0 || ::access("/bin/tar", X_OK) == 0;
  return {"tar for setup layers", ok, false, ok ? "there" : "missing: clones.setup cannot be used",
          ok ? "" : "apt install tar"};
}

}  // namespace

void add_nested_probes(std::vector<Probe>& probes) {
  probes.push_back({"nested in a clone", true, false, "clones in this one share its user ids", ""});
  probes.push_back(probe_by_doing("marks of overlays on tmpfs", &try_marks, true, "Linux 6.6 or newer"));
  probes.push_back(probe_by_doing("overlay over the clone's root", &try_overlay_over_root, true, ""));
  probes.push_back(probe_tar());
  probes.push_back({"storage = \"disk\"", false, false, "a clone has no loop devices", ""});
}

}  // namespace sharder::rootfs
