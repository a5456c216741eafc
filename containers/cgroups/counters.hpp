// What a clone's control groups have counted, through descriptors that are kept open: microseconds a look.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "containers/cgroups/hierarchies.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder::cgroups {

struct Sample {
  std::uint64_t cpu_ns = 0;
  std::uint64_t memory_peak_bytes = 0;  // since the last reset_peak()
  std::uint64_t memory_bytes = 0;       // rss + shmem
  std::uint64_t out_of_memory = 0;      // processes killed so far
};

class Counters {
 public:
  Counters() = default;
  /// Opens what there is; what the machine lacks counts as zero.
  Counters(const Hierarchies& hierarchies, const std::string& group);
  Sample read() const;
  /// Processor time and kills only: what a difference needs of its beginning.
  Sample read_start() const;
  void reset_peak();

 private:
  int version_ = 1;
  UniqueFd cpu_, peak_, memory_, events_;
};

/// The number after `key` in a file of "key value" lines; 0 where there is none.
std::uint64_t value_of(std::string_view content, std::string_view key);

}  // namespace sharder::cgroups
