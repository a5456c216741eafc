#include "sharder/support/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "sharder/support/errors.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder {
namespace {

/// Returns 0, or the errno of the failed read.
int read_all(int fd, std::string& content) {
  char buffer[65536];
  for (;;) {
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count == 0) return 0;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    content.append(buffer, static_cast<std::size_t>(count));
  }
}

int write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = ::write(fd, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) throw SystemError("open " + path.string(), errno);
  std::string content;
  if (const int error = read_all(fd.get(), content)) throw SystemError("read " + path.string(), error);
  return content;
}

std::optional<std::string> read_file_if_any(const std::filesystem::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string content;
  if (!fd || read_all(fd.get(), content) != 0) return std::nullopt;
  return content;
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  const std::string beside = path.string() + ".new";
  {
    const UniqueFd fd(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!fd) throw SystemError("create " + beside, errno);
    if (const int error = write_all(fd.get(), content)) {
      ::unlink(beside.c_str());
      throw SystemError("write " + path.string(), error);
    }
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) throw SystemError("rename " + beside, errno);
}

}  // namespace sharder
