// Keeps on the host what `collect` names: artifacts/worker-N/K/PATH, a new K for every process that left something.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "containers/clone_pool.hpp"

namespace sharder {

/// What all processes of a run together may leave on the machine.
struct ArtifactLimits {
  std::uint64_t bytes = 16ull << 30;
  std::uint64_t files = 1'000'000;
};

class Artifacts {
 public:
  /// Nothing is made before the first file.
  explicit Artifacts(std::filesystem::path directory, ArtifactLimits limits = {})
      : directory_(std::move(directory)), left_(limits) {}

  /// The directory for what one process leaves.
  std::filesystem::path next_directory(int worker);
  /// Writes one file below `directory`. A path that would lead out of it is refused. Returns what went wrong, or "";
  /// that the limits are reached is told once.
  std::string keep(const std::filesystem::path& directory, const Collected& file);

 private:
  bool has_room_for(const Collected& file);
  std::filesystem::path directory_;
  ArtifactLimits left_;
  bool full_ = false;
  int processes_ = 0;
};

}  // namespace sharder
