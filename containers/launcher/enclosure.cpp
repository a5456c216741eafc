#include "containers/launcher/enclosure.hpp"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "containers/rootfs/mount_calls.hpp"
#include "sharder/support/errors.hpp"

namespace sharder::launcher {
namespace {

/// What the guard is told when the supervisor dies: it wakes a guard that somebody stopped. Others may send it, too.
constexpr int supervisor_died = SIGCONT;
/// A server that is well needs some 50 ms to discard everything and to tidy up.
constexpr timespec tidy_up_patience{0, 800'000'000};
constexpr const char* group_of_init = "/proc/1/cgroup";
constexpr const char* unobstructed_proc = "/proc/tty";  // any directory of /proc that nobody here needs
constexpr int max_waits = 2000, wait_us = 1000;

sigset_t guards_signals() {
  // A server that is stopped has not ended: whoever stops it and then kills the supervisor must not be waited for.
  struct sigaction only_ends {};
  only_ends.sa_handler = SIG_DFL;
  only_ends.sa_flags = SA_NOCLDSTOP;
  ::sigaction(SIGCHLD, &only_ends, nullptr);
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  ::sigaddset(&set, supervisor_died);
  return set;
}

[[noreturn]] void leave_with(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/// Must hold nothing of the child's: the supervisor learns of its end by the end of its socket.
[[noreturn]] void guard(pid_t child, const sigset_t& signals, pid_t supervisor) {
  ::close_range(3, ~0u, 0);
  // Whoever died before we asked to be told sends no signal.
  while (::getppid() == supervisor)
    if (::sigwaitinfo(&signals, nullptr) == SIGCHLD) leave_with(child);
  sigset_t ended;
  ::sigemptyset(&ended);
  ::sigaddset(&ended, SIGCHLD);
  if (::sigtimedwait(&ended, nullptr, &tidy_up_patience) < 0) ::kill(child, SIGKILL);
  leave_with(child);
}

/// Where control groups are made is told by the group of the machine's first process; its file must stay to be seen,
/// by us and by liblxc.
void make_view() {
  if (::unshare(CLONE_NEWNS) != 0) throw SystemError("make a mount namespace", errno);
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    throw SystemError("make mounts private", errno);
  const UniqueFd group = rootfs::copy_mount(group_of_init);
  // The kernel gives a clone a /proc of its own only where another one is to be seen without anything mounted in it.
  for (const char* place : {"/proc", unobstructed_proc})
    if (::mount("proc", place, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0)
      throw SystemError(std::string("mount ") + place + " for the run", errno);
  rootfs::attach(group, group_of_init);
}

}  // namespace

std::string enter_enclosure() {
  const pid_t supervisor = ::getppid();
  ::prctl(PR_SET_NAME, "sharder-launch");
  const sigset_t signals = guards_signals();
  sigset_t before;
  ::sigprocmask(SIG_BLOCK, &signals, &before);
  ::prctl(PR_SET_PDEATHSIG, supervisor_died);
  if (::unshare(CLONE_NEWPID) != 0) return "make a process namespace: " + error_text(errno);
  const pid_t child = ::fork();
  if (child < 0) return "fork the launch server: " + error_text(errno);
  if (child > 0) guard(child, signals, supervisor);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  try {
    make_view();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void end_everybody() {
  if (::getpid() != 1) return;  // it would be everybody on the machine
  for (int i = 0; i < max_waits; ++i) {
    // Again and again: what is being forked while we kill is not hit.
    ::kill(-1, SIGKILL);
    pid_t pid = 0;
    while ((pid = ::waitpid(-1, nullptr, WNOHANG)) > 0) continue;
    if (pid < 0) return;
    ::usleep(wait_us);
  }
}

}  // namespace sharder::launcher
