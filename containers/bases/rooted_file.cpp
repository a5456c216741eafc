#include "containers/bases/rooted_file.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "sharder/support/errors.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder {
namespace {

constexpr off_t largest_file_bytes = 64 << 20;

UniqueFd open_in_root(const std::filesystem::path& root, const std::string& path) {
  const UniqueFd directory(open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) throw SystemError("open " + root.string(), errno);
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return UniqueFd(static_cast<int>(syscall(SYS_openat2, directory.get(), path.c_str(), &how, sizeof how)));
}

}  // namespace

std::optional<std::string> read_in_root(const std::filesystem::path& root, const std::string& path) {
  const UniqueFd file = open_in_root(root, path);
  struct stat status {};
  if (!file || fstat(file.get(), &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode) || status.st_size > largest_file_bytes) return std::nullopt;
  std::string content;
  std::array<char, 65536> buffer;
  ssize_t length = 0;
  while ((length = read(file.get(), buffer.data(), buffer.size())) > 0) {
    content.append(buffer.data(), static_cast<std::size_t>(length));
    if (content.size() > largest_file_bytes) return std::nullopt;
  }
  if (length < 0) return std::nullopt;
  return content;
}

}  // namespace sharder
