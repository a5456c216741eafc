#include "sharder/support/beneath.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "sharder/support/errors.hpp"

namespace sharder {

UniqueFd open_beneath(const std::filesystem::path& directory, const std::string& name) {
  const UniqueFd top(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!top) return {};
  open_how how{};
  how.flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  UniqueFd file(static_cast<int>(::syscall(SYS_openat2, top.get(), name.c_str(), &how, sizeof how)));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return {};
  if (S_ISREG(status.st_mode)) return file;
  errno = EINVAL;
  return {};
}

std::optional<std::string> read_beneath(const std::filesystem::path& directory, const std::string& name,
                                        std::size_t most_bytes) {
  const UniqueFd file = open_beneath(directory, name);
  if (!file) return std::nullopt;
  std::string bytes;
  while (bytes.size() < most_bytes) {
    char block[65536];
    const ssize_t count = ::read(file.get(), block, std::min(sizeof block, most_bytes - bytes.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw SystemError("read " + (directory / name).string(), errno);
    if (count == 0) break;
    bytes.append(block, static_cast<std::size_t>(count));
  }
  return bytes;
}

}  // namespace sharder
