// Keeps head and tail of what an attempt writes and counts what lay between, so that no test can fill
// our memory or disk by writing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sharder {

class BoundedOutput {
 public:
  /// Half of the limit is for the head, half for the tail.
  explicit BoundedOutput(std::uint64_t limit_bytes) : half_(static_cast<std::size_t>(limit_bytes / 2)) {}

  void append(std::string_view bytes);
  bool empty() const { return total_ == 0; }
  std::uint64_t total_bytes() const { return total_; }
  /// All of it, or head, "... 1234 bytes left out ..." and tail, cut between lines where lines are short, and
  /// never inside a UTF-8 character.
  std::string text() const;
  /// Forgets everything; the limit stays.
  void clear();

 private:
  std::size_t half_;
  std::uint64_t total_ = 0;
  std::string head_;
  std::string tail_;  // at least the last half_ bytes of what did not fit the head, at most twice that
};

}  // namespace sharder
