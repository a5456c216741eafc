// Decides whether a test's memory fits beside what runs and what is not gone yet. Pure.
#pragma once

#include <cstdint>

namespace sharder {

class MemoryBudget {
 public:
  /// What clones may use together; 0: not known, and then everything fits.
  explicit MemoryBudget(std::uint64_t bytes) : bytes_(bytes) {}

  /// Whether a test that needs so much may start now. One of which nothing is known needs 0. One that is
  /// larger than all there is may start where nothing else runs or dies: waiting would not help it.
  bool admits(std::uint64_t need) const;

  /// A test starts, a test has ended.
  void take(std::uint64_t need);
  void give_back(std::uint64_t need);

  /// A clone that is discarded holds its memory until the kernel has taken it apart.
  void begin_dying(std::uint64_t bytes);
  void end_dying(std::uint64_t bytes);

  int running() const { return running_; }

 private:
  std::uint64_t bytes_;
  std::uint64_t taken_ = 0, dying_ = 0;
  int running_ = 0;
};

}  // namespace sharder
