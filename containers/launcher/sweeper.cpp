#include "containers/launcher/sweeper.hpp"

#include <dirent.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>

namespace sharder::launcher {
namespace {

constexpr int max_waiting = 4;

/// What a file system of its own holds there that the next test could miss.
bool is_large(const std::string& directory) {
  constexpr std::uint64_t large_bytes = 16u << 20;
  struct statfs status {};
  if (::statfs(directory.c_str(), &status) != 0 || status.f_type != TMPFS_MAGIC) return false;
  return (status.f_blocks - status.f_bfree) * static_cast<std::uint64_t>(status.f_bsize) > large_bytes;
}

void remove(const std::string& directory) {
  // EINVAL: storage = "disk", where a cell's storage is a directory and no mount.
  if (::umount2(directory.c_str(), MNT_DETACH) == 0) {
    ::rmdir(directory.c_str());
    return;
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
}

[[noreturn]] void work(int orders, int done) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::string pending;
  char buffer[4096];
  for (;;) {
    const ssize_t got = ::read(orders, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) ::_exit(0);
    pending.append(buffer, static_cast<std::size_t>(got));
    for (std::size_t end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
      remove(pending.substr(0, end));
      pending.erase(0, end + 1);
      if (::write(done, "", 1) != 1) ::_exit(0);
    }
  }
}

}  // namespace

void Sweeper::start() {
  Pipe orders = make_pipe(), done = make_pipe();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(orders.read_end.get(), 0);
    ::dup2(done.write_end.get(), 1);
    ::close_range(3, ~0u, 0);
    work(0, 1);
  }
  orders_ = std::move(orders.write_end);
  done_ = std::move(done.read_end);
}

void Sweeper::sweep(const std::string& directory) {
  if (pid_ < 0) start();
  if (pid_ < 0) {  // no process could be made: do it here
    remove(directory);
    return;
  }
  const int most = is_large(directory) ? 0 : max_waiting;
  const std::string order = directory + "\n";
  if (::write(orders_.get(), order.data(), order.size()) == static_cast<ssize_t>(order.size())) ++waiting_;
  char finished[64];
  while (waiting_ > most) {
    const ssize_t count = ::read(done_.get(), finished, sizeof finished);
    if (count <= 0) return;
    waiting_ -= static_cast<int>(count);
  }
}

Sweeper::~Sweeper() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace sharder::launcher
