#include "sharder/run/machine_locks.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cctype>
#include <cerrno>

#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

/// A lock's name as a file name: what is not plain is written as %XX, so that different names stay different.
std::string file_name(const std::string& lock) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string name = "lock-";
  for (const char c : lock) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_') name += c;
    else name += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return name;
}

}  // namespace

bool MachineLocks::try_acquire(const Test& test) {
  if (directory_.empty()) return true;
  std::map<std::string, UniqueFd> taken;
  std::filesystem::create_directories(directory_);
  for (const std::string& lock : test.locks) {
    const std::filesystem::path path = directory_ / file_name(lock);
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!fd) throw SystemError("open " + path.string(), errno);
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return false;
    taken.emplace(lock, std::move(fd));
  }
  held_.merge(taken);
  return true;
}

void MachineLocks::release(const Test& test) {
  for (const std::string& lock : test.locks) held_.erase(lock);
}

}  // namespace sharder
