#include "sharder/support/open_files.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <cerrno>

#include "sharder/support/errors.hpp"

namespace sharder {

void allow_open_files(std::uint64_t needed) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) throw SystemError("read the limit of open files", errno);
  if (limit.rlim_cur >= needed) return;
  if (limit.rlim_max < needed)
    throw UnfitError(fmt::format("{} files may be open at once, and this takes {}", limit.rlim_max, needed),
                     fmt::format("ulimit -n {}, as root", needed));
  limit.rlim_cur = needed;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) throw SystemError("raise the limit of open files", errno);
}

}  // namespace sharder
