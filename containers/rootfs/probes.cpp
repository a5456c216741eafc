#include "containers/rootfs/probes.hpp"

#include <fcntl.h>
#include <glob.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "containers/rootfs/file_systems.hpp"
#include "containers/rootfs/id_map.hpp"
#include "containers/rootfs/mount_calls.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder::rootfs {
namespace {

constexpr std::uint64_t probe_bytes = 1u << 20;

/// Runs `work` in a child with a mount namespace of its own and tells what it threw; "" for nothing.
std::string outcome_in_child(void (*work)()) {
  Pipe told = make_pipe();
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::string wrong;
    try {
      if (::unshare(CLONE_NEWNS) != 0) throw SystemError("make a mount namespace", errno);
      if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        throw SystemError("make mounts private", errno);
      work();
    } catch (const Error& error) {
      wrong = error.what();
    }
    ::_exit(::write(told.write_end.get(), wrong.data(), wrong.size()) < 0 ? 1 : 0);
  }
  told.write_end.reset();
  char text[2048];
  const ssize_t got = pid < 0 ? 0 : ::read(told.read_end.get(), text, sizeof text);
  if (pid < 0) return "fork: " + error_text(errno);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0) return "the probe died";
  return {text, static_cast<std::size_t>(got > 0 ? got : 0)};
}

/// A tmpfs of the probe's own, hidden from everybody else by its namespace.
void enter_scratch() {
  attach(make_tmpfs(probe_bytes, 1000), "/tmp");
  if (::chdir("/tmp") != 0) throw SystemError("enter /tmp", errno);
  for (const char* name : {"lower", "upper", "work", "merged", "shifted"}) make_directory(name);
}

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

bool any_match(const char* pattern) {
  glob_t found{};
  const bool matched = ::glob(pattern, 0, nullptr, &found) == 0;
  ::globfree(&found);
  return matched;
}

Probe probe_by_doing(std::string name, void (*work)(), bool essential, std::string cure) {
  const std::string wrong = outcome_in_child(work);
  return {std::move(name), wrong.empty(), essential, wrong.empty() ? "works" : wrong,
          wrong.empty() ? "" : std::move(cure)};
}

Probe probe_root() {
  const bool ok = ::geteuid() == 0;
  return {"root", ok, true, ok ? "yes" : "clones need root", ok ? "" : "sudo sharder ..."};
}

Probe probe_liblxc() {
  const bool ok = any_match("/usr/lib/*/lxc/rootfs") || any_match("/usr/lib/lxc/rootfs") ||
                  any_match("/usr/lib64/lxc/rootfs");
  return {"liblxc's directory for roots", ok, true, ok ? "there" : "/usr/lib/*/lxc/rootfs is missing",
          ok ? "" : "apt install liblxc-common"};
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

Probe probe_children_files() {
  const bool ok =
      ::access("/proc/self/task", R_OK) == 0 &&
      ::access(("/proc/self/task/" + std::to_string(::getpid()) + "/children").c_str(), R_OK) == 0;
  return {"lists of children in /proc", ok, true, ok ? "there" : "this kernel lacks CONFIG_PROC_CHILDREN",
          ""};
}

}  // namespace

std::vector<Probe> probe_machine() {
  std::vector<Probe> probes{probe_root(), probe_liblxc(), probe_children_files()};
  if (!probes[0].ok) return probes;
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
