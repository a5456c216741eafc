// The directory that a run leaves behind, beside sharder.toml or where --output says.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "containers/clone_pool.hpp"

namespace sharder {

class RunDirectory {
 public:
  /// Makes the directory; `.sharder/latest` points to it when it lies in its usual place. Throws SystemError.
  RunDirectory(const std::filesystem::path& project, const std::string& run_id,
               const std::optional<std::filesystem::path>& elsewhere);

  const std::filesystem::path& path() const { return path_; }
  /// Gives everything in it to the invoker, who could not remove it otherwise.
  void hand_over(const Identity& invoker) const;

 private:
  std::filesystem::path path_, top_;
};

}  // namespace sharder
