#include "sharder/run/project_watch.hpp"

#include <sys/stat.h>
#include <time.h>

#include <tuple>

namespace sharder {

ProjectWatch::ProjectWatch(std::filesystem::path project) : project_(std::move(project)) {
  timespec now{};
  // Not the coarse clock: since Linux 6.13 the kernel stamps some files with the fine one, which is ahead of it, and a
  // file written just before must not look newer than this.
  ::clock_gettime(CLOCK_REALTIME, &now);
  begun_seconds_ = now.tv_sec;
  begun_nanoseconds_ = now.tv_nsec;
}

bool ProjectWatch::changed() {
  const auto now = std::chrono::steady_clock::now();
  if (changed_ || (looked_ != decltype(looked_){} && now - looked_ < std::chrono::seconds(2))) return changed_;
  looked_ = now;
  return changed_ = look();
}

bool ProjectWatch::look() const {
  namespace fs = std::filesystem;
  const auto newer = [&](const fs::path& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return false;
    return std::tuple(status.st_ctim.tv_sec, status.st_ctim.tv_nsec) > std::tuple(begun_seconds_, begun_nanoseconds_);
  };
  if (newer(project_)) return true;
  std::error_code ignored;
  for (fs::recursive_directory_iterator entry(project_, ignored), end; entry != end; entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (name == ".git" || name == ".sharder") {
      if (entry->is_directory(ignored)) entry.disable_recursion_pending();
      continue;
    }
    if (newer(entry->path())) return true;
  }
  return false;
}

}  // namespace sharder
