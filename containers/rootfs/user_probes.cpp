#include "containers/rootfs/user_probes.hpp"

#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "containers/rootfs/mount_calls.hpp"
#include "containers/rootfs/own_namespace.hpp"
#include "containers/rootfs/probing.hpp"
#include "sharder/support/errors.hpp"

namespace sharder::rootfs {
namespace {

Probe probe_program(const std::string& name, const std::string& package, bool essential, const std::string& lack) {
  bool ok = false;
  for (const char* directory : {"/usr/local/bin/", "/usr/bin/", "/bin/"})
    ok = ok || ::access((directory + name).c_str(), X_OK) == 0;
  return {name, ok, essential, ok ? "there" : "missing" + lack, ok ? "" : "sudo apt-get install " + package};
}

/// Something that throws an UnfitError with its cure.
Probe probe_step(std::string name, void (*step)()) {
  try {
    step();
  } catch (const Error& error) {
    return {std::move(name), false, true, error.what(), error.hint()};
  }
  return {std::move(name), true, true, "there", ""};
}

void try_mounting() {
  enter_own_namespace(OwnNamespace::keepers);
  enter_mount_namespace();
}

void try_overlay() {
  enter_own_namespace(OwnNamespace::keepers);
  enter_scratch();
  make_directory("lower/hidden");
  if (::setxattr("lower", "user.overlay.opaque", "y", 1, 0) != 0)
    throw SystemError("mark a directory of a tmpfs", errno);
  attach(make_overlay({{"lower"}, "upper", "work", false, Marks::user}), "merged");
}

}  // namespace

std::vector<Probe> probe_ordinary_user() {
  std::vector<Probe> probes{probe_liblxc(), probe_children_files()};
  probes.push_back(probe_by_doing("user namespaces", &make_bare_user_namespace, true, user_namespace_cure()));
  for (const char* name : {"newuidmap", "newgidmap"}) probes.push_back(probe_program(name, "uidmap", true, ""));
  probes.push_back(probe_step("ids in /etc/subuid", &check_own_user_ids));
  probes.push_back(probe_step("ids in /etc/subgid", &check_own_group_ids));
  probes.push_back(probe_by_doing("root of a user namespace", &try_mounting, true, own_namespace_cure()));
  probes.push_back(probe_by_doing("overlay on tmpfs in a user namespace", &try_overlay, true,
                                  "Linux 6.6 or newer; or sudo sharder ..."));
  probes.push_back(probe_program("mmdebstrap", "mmdebstrap", false,
                                 ": sharder base create takes a directory or a tarball only (--from)"));
  return probes;
}

}  // namespace sharder::rootfs
