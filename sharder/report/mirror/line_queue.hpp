// Lines that wait for somebody slow: bounded in bytes; where the bound is met, the oldest make room. A line of
// which a part is on its way already is never dropped, so that whole lines arrive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace sharder {

class LineQueue {
 public:
  explicit LineQueue(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// `line` ends with its newline.
  void push(std::string line);
  /// What is left of the oldest line; "" where there is none.
  std::string_view front() const;
  /// So many bytes of front() have gone.
  void advance(std::size_t bytes);

  bool empty() const { return lines_.empty(); }
  std::uint64_t pushed() const { return pushed_; }
  std::uint64_t gone() const { return gone_; }  // as a whole, on their way
  std::uint64_t dropped() const { return dropped_; }

 private:
  void make_room();

  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  std::size_t begun_ = 0;  // bytes of the oldest line that have gone
  std::uint64_t pushed_ = 0, gone_ = 0, dropped_ = 0;
  std::deque<std::string> lines_;
};

}  // namespace sharder
