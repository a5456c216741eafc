#include "containers/agent/system.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sharder::agent {
namespace {

int proc = -1, children = -1;

}  // namespace

std::uint64_t now_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1000000000u + static_cast<std::uint64_t>(time.tv_nsec);
}

std::string error_text(int error_number) {
  const char* known = ::strerrordesc_np(error_number);
  std::string text = known != nullptr ? known : "error " + std::to_string(error_number);
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z')
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

bool write_all(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(fd, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

void hold_proc() {
  proc = ::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  children = open_in_proc("1/task/1/children", O_RDONLY);
}

int open_beneath(int directory, const std::string& path, int flags, std::uint64_t also_resolve) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | also_resolve;
  return static_cast<int>(::syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how));
}

int open_in_proc(const std::string& path, int flags) {
  const int fd = open_beneath(proc, path, flags, RESOLVE_NO_XDEV);
  // Kernels that can carry clones have that call; valgrind does not know it.
  if (fd < 0 && errno == ENOSYS) return ::openat(proc, path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW);
  return fd;
}

std::string list_children_of_init(std::size_t limit) {
  if (children < 0 || ::lseek(children, 0, SEEK_SET) != 0) return {};
  return read_small_file(::fcntl(children, F_DUPFD_CLOEXEC, 0), limit);
}

std::string read_small_file(int fd, std::size_t limit) {
  std::string content;
  if (fd < 0) return content;
  char buffer[4096];
  while (content.size() < limit) {
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got <= 0) break;
    content.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(fd);
  if (content.size() > limit) content.resize(limit);
  return content;
}

void close_if_open(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

}  // namespace sharder::agent
