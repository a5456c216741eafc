// Cuts a stream that comes in pieces into lines, each within a bound.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace sharder {

/// What is longer than this on one line is not kept: no format that we read has such lines.
inline constexpr std::size_t line_limit_bytes = 64 << 10;

class LineSplitter {
 public:
  /// Calls `take(std::string_view line)` for every line that is complete, without "\n" or "\r\n".
  template <typename Take>
  void feed(std::string_view bytes, Take take) {
    for (std::size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      if (pending_.empty() && end <= line_limit_bytes) {
        take(without_return(bytes.substr(0, end)));
      } else {
        keep(bytes.substr(0, end));
        take(without_return(pending_));
        pending_.clear();
      }
      bytes.remove_prefix(end + 1);
    }
    keep(bytes);
  }

  /// The stream has ended: what stands there without a line end is the last line.
  template <typename Take>
  void finish(Take take) {
    if (!pending_.empty()) take(without_return(pending_));
    pending_.clear();
  }

 private:
  void keep(std::string_view bytes) {
    pending_ += bytes.substr(0, line_limit_bytes - std::min(line_limit_bytes, pending_.size()));
  }
  static std::string_view without_return(std::string_view line) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return line;
  }

  std::string pending_;
};

}  // namespace sharder
