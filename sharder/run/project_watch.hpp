// Notices that the project changed on the host while a run was going on: clones made before and after such a change
// see different files, and a rerun that passes then proves nothing.
#pragma once

#include <chrono>
#include <filesystem>

namespace sharder {

class ProjectWatch {
 public:
  /// Takes the time as the run's beginning. Looks at nothing yet.
  explicit ProjectWatch(std::filesystem::path project);

  /// Whether any file or directory was written, created, renamed or removed since. Walks the project, without .git
  /// and .sharder, at most every two seconds; once true it stays true.
  bool changed();

 private:
  bool look() const;

  std::filesystem::path project_;
  long begun_seconds_, begun_nanoseconds_;  // on the clock that stamps files
  std::chrono::steady_clock::time_point looked_{};
  bool changed_ = false;
};

}  // namespace sharder
