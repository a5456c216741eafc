// The stream of collected files, as the agent frames it, back into files. It comes from a clone: names that
// leave the project and sizes beyond the bound end it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "containers/collected.hpp"

namespace sharder {

class CollectedFiles {
 public:
  /// Takes bytes in and gives the files that are complete now.
  std::vector<Collected> add(std::string_view bytes);
  bool broken() const { return broken_; }

 private:
  /// Takes bytes off the front until the header is whole.
  bool take_header(std::string_view& bytes);
  void begin_file(std::string_view path, std::uint64_t size);
  std::string header_;
  Collected file_;
  std::uint64_t missing_bytes_ = 0;
  bool in_file_ = false;
  bool broken_ = false;
};

/// Relative, without empty, "." and ".." parts.
bool is_safe_relative_path(std::string_view path);

}  // namespace sharder
