// Keeps on the host what `collect` names: artifacts/worker-N/K/PATH, a new K for every process that left something.
#pragma once

#include <filesystem>
#include <string>

#include "containers/clone_pool.hpp"

namespace sharder {

class Artifacts {
 public:
  /// Nothing is made before the first file.
  explicit Artifacts(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// The directory for what one process leaves.
  std::filesystem::path next_directory(int worker);
  /// Writes one file below `directory`. A path that would lead out of it is refused. Returns what went wrong, or "".
  static std::string keep(const std::filesystem::path& directory, const Collected& file);

 private:
  std::filesystem::path directory_;
  int processes_ = 0;
};

}  // namespace sharder
