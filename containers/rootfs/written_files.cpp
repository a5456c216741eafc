#include "containers/rootfs/written_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>

#include "sharder/support/text.hpp"

namespace sharder::rootfs {
namespace {

constexpr std::size_t max_names = 200;
constexpr int max_visited = 20000;  // about 10 ms
constexpr int max_depth = 64;

bool is_whiteout(const struct stat& status) {
  return S_ISCHR(status.st_mode) && status.st_rdev == ::makedev(0, 0);
}

}  // namespace

bool WrittenFiles::full() const {
  return names_.size() >= max_names || visited_ >= max_visited;
}

void WrittenFiles::look_at(const std::string& upper, const std::string& target) {
  const int directory = ::open(upper.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (directory >= 0) walk(directory, target == "/" ? "" : target, 0);
}

void WrittenFiles::walk(int directory, const std::string& name, int depth) {
  DIR* stream = ::fdopendir(directory);
  if (stream == nullptr) {
    ::close(directory);
    return;
  }
  while (const dirent* entry = ::readdir(stream)) {
    const std::string child = entry->d_name;
    struct stat status {};
    if (child == "." || child == "..") continue;
    if (full() || depth > max_depth) {
      cut_ = true;
      break;
    }
    ++visited_;
    if (::fstatat(::dirfd(stream), child.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISDIR(status.st_mode)) {
      const int below =
          ::openat(::dirfd(stream), child.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (below >= 0) walk(below, name + "/" + child, depth + 1);
    } else {
      names_.push_back(name + "/" + child + (is_whiteout(status) ? " (removed)" : ""));
    }
  }
  ::closedir(stream);
}

std::vector<std::string> WrittenFiles::take() {
  for (std::string& name : names_) name = printable(name);
  std::sort(names_.begin(), names_.end());
  if (cut_) names_.emplace_back("…");
  return std::move(names_);
}

}  // namespace sharder::rootfs
