#include "containers/rootfs/probing.hpp"

#include <glob.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "containers/rootfs/mount_calls.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder::rootfs {
namespace {

constexpr std::uint64_t probe_bytes = 1u << 20;

bool any_match(const char* pattern) {
  glob_t found{};
  const bool matched = ::glob(pattern, 0, nullptr, &found) == 0;
  ::globfree(&found);
  return matched;
}

/// A child's exit status that tells of too few processes: a matter of the moment, which says nothing of the machine.
constexpr int out_of_processes = 11;

[[noreturn]] void refuse_for_lack_of_processes() {
  throw SystemError("fork", EAGAIN, "more processes: ulimit -u, or pids.max of the control group of sharder");
}

}  // namespace

std::string outcome_in_child(const std::function<void()>& work) {
  Pipe told = make_pipe();
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::string wrong;
    try {
      work();
    } catch (const SystemError& error) {
      if (error.error_number() == EAGAIN) ::_exit(out_of_processes);
      wrong = error.what();
    } catch (const Error& error) {
      wrong = error.what();
    }
    ::_exit(::write(told.write_end.get(), wrong.data(), wrong.size()) < 0 ? 1 : 0);
  }
  told.write_end.reset();
  char text[2048];
  const ssize_t got = pid < 0 ? 0 : ::read(told.read_end.get(), text, sizeof text);
  if (pid < 0) refuse_for_lack_of_processes();
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == out_of_processes) refuse_for_lack_of_processes();
  if (status != 0) return "the probe died";
  return {text, static_cast<std::size_t>(got > 0 ? got : 0)};
}

void enter_mount_namespace() {
  if (::unshare(CLONE_NEWNS) != 0) throw SystemError("make a mount namespace", errno);
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    throw SystemError("make mounts private", errno);
}

void enter_scratch() {
  enter_mount_namespace();
  attach(make_tmpfs(probe_bytes, 1000), "/tmp");
  if (::chdir("/tmp") != 0) throw SystemError("enter /tmp", errno);
  for (const char* name : {"lower", "upper", "work", "merged", "shifted"}) make_directory(name);
}

Probe probe_by_doing(std::string name, const std::function<void()>& work, bool essential, std::string cure) {
  const std::string wrong = outcome_in_child(work);
  return {std::move(name), wrong.empty(), essential, wrong.empty() ? "works" : wrong,
          wrong.empty() ? "" : std::move(cure)};
}

Probe probe_liblxc() {
  const bool ok = any_match("/usr/lib/*/lxc/rootfs") || any_match("/usr/lib/lxc/rootfs") ||
                  any_match("/usr/lib64/lxc/rootfs");
  return {"liblxc's directory for roots", ok, true, ok ? "there" : "/usr/lib/*/lxc/rootfs is missing",
          ok ? "" : "apt install liblxc-common"};
}

Probe probe_children_files() {
  const bool ok =
      ::access("/proc/self/task", R_OK) == 0 &&
      ::access(("/proc/self/task/" + std::to_string(::getpid()) + "/children").c_str(), R_OK) == 0;
  return {"lists of children in /proc", ok, true, ok ? "there" : "this kernel lacks CONFIG_PROC_CHILDREN",
          ""};
}

}  // namespace sharder::rootfs
