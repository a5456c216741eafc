// A place that bytes go to while the run must go on: a full disk is remembered, told at the end, and tried
// again with every later write.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "sharder/support/unique_fd.hpp"

namespace sharder {

class FileSink {
 public:
  enum class Mode { append, replace };
  /// Opens the file. Throws SystemError.
  FileSink(std::filesystem::path path, Mode mode);

  /// Writes all of `bytes` and everything that is still owed. Never throws; see trouble().
  void write(std::string_view bytes);
  /// "" or "write PATH: no space left on device (N bytes are missing)".
  std::string trouble() const;

 private:
  /// What a full disk refused, kept so that the file stays whole once there is room again; beyond this much
  /// it is given up.
  static constexpr std::size_t most_owed = 16 * 1024 * 1024;

  std::filesystem::path path_;
  UniqueFd fd_;
  std::string owed_;
  std::size_t given_up_ = 0;
  int first_error_ = 0;
};

}  // namespace sharder
