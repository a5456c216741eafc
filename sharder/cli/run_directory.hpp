// The directory that a run leaves behind, beside sharder.toml or where --output says.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "containers/clone_pool.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder {

class RunDirectory {
 public:
  /// Makes the directory; `.sharder/latest` points to it when it lies in its usual place. Throws SystemError.
  RunDirectory(const std::filesystem::path& project, const std::string& run_id,
               const std::optional<std::filesystem::path>& elsewhere);
  /// Goes on in the directory of an earlier run. Throws UsageError while another sharder writes to it.
  explicit RunDirectory(const std::filesystem::path& existing);

  const std::filesystem::path& path() const { return path_; }
  /// Gives everything in it to the invoker, who could not remove it otherwise.
  void hand_over(const Identity& invoker) const;

 private:
  void lock();

  std::filesystem::path path_, top_;
  UniqueFd lock_;  // of the directory: one run at a time writes to it
};

}  // namespace sharder
