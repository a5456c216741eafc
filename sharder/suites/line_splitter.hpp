// Cuts a stream that comes in pieces into lines, each within a bound; and a whole text into lines.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace sharder {

/// What is longer than this on one line is not kept: no format that we read has such lines.
inline constexpr std::size_t line_limit_bytes = 64 << 10;

/// Calls `take(std::string_view line)` for every line of a whole text, whatever its length, without "\n" or
/// "\r\n". A vector of lines would take many times the memory of a text of line ends.
template <typename Take>
void for_each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    take(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

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
