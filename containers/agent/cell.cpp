#include "containers/agent/cell.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>

#include "containers/agent/system.hpp"

namespace sharder::agent {
namespace {

constexpr const char* cell_root = "/.cell";
constexpr unsigned long listening_socket = 0x10000;  // __SO_ACCEPTCON in /proc/net/unix

/// A system call that failed, for the report; "" where none did.
std::string failure(const char* what, const std::string& on) {
  return std::string(what) + " " + on + ": " + error_text(errno);
}

/// Opens a path as the cell will see it: links are resolved within the cell's root.
int open_in_cell(const std::string& path, std::uint64_t flags) {
  const int root = ::open(cell_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) return -1;
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.mode = (flags & O_CREAT) != 0 ? 0644 : 0;
  how.resolve = RESOLVE_IN_ROOT;
  const int fd = static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how));
  const int error = errno;
  ::close(root);
  errno = error;
  return fd;
}

/// Makes directories down to the parent of `path` within the cell.
void make_parents(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string directory = path.substr(0, slash);
    int fd = open_in_cell(directory, O_PATH);
    if (fd < 0) {
      const std::size_t parent_end = directory.rfind('/');
      const int parent = open_in_cell(parent_end == 0 ? "/" : directory.substr(0, parent_end), O_PATH);
      if (parent >= 0) {
        ::mkdirat(parent, directory.c_str() + parent_end + 1, 0755);
        ::close(parent);
      }
    } else {
      ::close(fd);
    }
  }
}

/// The place in the cell where something of the clone is to be bound: made, where the cell has none.
int open_target(const std::string& path, bool is_directory) {
  int fd = open_in_cell(path, O_PATH);
  if (fd >= 0 || errno != ENOENT) return fd;
  make_parents(is_directory ? path + "/" : path);
  if (!is_directory) {
    fd = open_in_cell(path, O_CREAT | O_WRONLY);
    if (fd >= 0) ::close(fd);
  }
  return open_in_cell(path, O_PATH);
}

/// Binds a path of the clone, with what is mounted below it, to the same path of the cell.
std::string bind_from_clone(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};  // nothing there to share
  const int tree = ::open_tree(AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | AT_RECURSIVE | OPEN_TREE_CLOEXEC);
  if (tree < 0) return failure("open", path);
  const int target = open_target(path, S_ISDIR(status.st_mode));
  std::string wrong;
  if (target < 0 ||
      ::move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0)
    wrong = failure("share", path);
  if (target >= 0) ::close(target);
  ::close(tree);
  return wrong;
}

std::string attach(int mount, const std::string& path) {
  const int target = open_in_cell(path, O_PATH);
  if (target < 0) return failure("find", path);
  const bool moved =
      ::move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0;
  const std::string wrong = moved ? std::string() : failure("mount", path);
  ::close(target);
  return wrong;
}

bool is_below(const std::string& path, const std::string& directory) {
  return path == directory || path.compare(0, directory.size() + 1, directory + "/") == 0;
}

/// Paths of the clone's listening sockets outside /run: a line of /proc/net/unix is
/// "Num: RefCount Protocol Flags Type St Inode Path".
std::vector<std::string> listening_sockets() {
  std::vector<std::string> paths;
  const std::string table = read_small_file(::open("/proc/net/unix", O_RDONLY | O_CLOEXEC), 1 << 20);
  for (std::size_t start = 0; start < table.size();) {
    const std::size_t end = std::min(table.find('\n', start), table.size());
    const std::string line = table.substr(start, end - start);
    start = end + 1;
    const std::size_t slash = line.find(" /");
    if (slash == std::string::npos) continue;
    std::size_t field = line.find(' ');  // after Num
    for (int i = 0; i < 2 && field != std::string::npos; ++i) field = line.find(' ', field + 1);
    if (field == std::string::npos) continue;
    const unsigned long flags = std::strtoul(line.c_str() + field, nullptr, 16);
    const std::string path = line.substr(slash + 1);
    if ((flags & listening_socket) != 0 && !is_below(path, "/run") && !is_below(path, "/.cell"))
      paths.push_back(path);
  }
  return paths;
}

std::string mount_kernel_file_systems(bool privileged) {
  for (const char* path : {"/dev", "/sys", "/.agent"})
    if (const std::string wrong = bind_from_clone(path); !wrong.empty()) return wrong;
  if (::mount("proc", "/.cell/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0)
    return failure("mount", "/proc");
  // Fails where the kernel has none; then nobody misses it.
  ::mount("mqueue", "/.cell/dev/mqueue", "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
  if (!privileged) return {};
  for (const char* path : {"/.cell/proc/sys", "/.cell/proc/sysrq-trigger"}) {
    if (::access(path, F_OK) != 0) continue;  // a kernel without sysrq
    const bool bound = ::mount(path, path, nullptr, MS_BIND, nullptr) == 0 &&
                       ::mount(nullptr, path, nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) == 0;
    if (!bound) return failure("protect", path);
  }
  return {};
}

std::string mount_shared(const wire::Run& run) {
  std::vector<std::string> paths = run.share;
  if (run.share_run)
    for (std::string& path : listening_sockets()) paths.push_back(std::move(path));
  for (const std::string& path : paths)
    if (const std::string wrong = bind_from_clone(path); !wrong.empty()) return wrong;
  return {};
}

std::string change_root() {
  if (::chdir(cell_root) != 0) return failure("enter", cell_root);
  if (::syscall(SYS_pivot_root, ".", ".") != 0) return failure("pivot to", cell_root);
  if (::umount2(".", MNT_DETACH) != 0) return failure("unmount", "the clone's root");
  if (::chdir("/") != 0) return failure("enter", "/");
  return {};
}

}  // namespace

pid_t fork_into_cell() {
  clone_args arguments{};
  arguments.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS;
  arguments.exit_signal = SIGCHLD;
  return static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
}

std::string enter_cell(const wire::Run& run, const Streams& streams, bool privileged) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return failure("make private", "/");
  if (run.pieces.empty() || run.pieces[0].target != "/") return "a cell without a root";
  if (::move_mount(streams.pieces[0], "", AT_FDCWD, cell_root, MOVE_MOUNT_F_EMPTY_PATH) != 0)
    return failure("mount", cell_root);
  if (const std::string wrong = mount_kernel_file_systems(privileged); !wrong.empty()) return wrong;
  if (run.share_run)
    if (const std::string wrong = bind_from_clone("/run"); !wrong.empty()) return wrong;
  for (std::size_t i = 1; i < run.pieces.size(); ++i)
    if (const std::string wrong = attach(streams.pieces[i], run.pieces[i].target); !wrong.empty())
      return wrong;
  if (const std::string wrong = mount_shared(run); !wrong.empty()) return wrong;
  return change_root();
}

}  // namespace sharder::agent
