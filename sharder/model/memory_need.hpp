// How much memory a test is expected to take from its neighbours, given what earlier runs measured.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sharder/model/past.hpp"

namespace sharder {

/// Bytes; 0 where nothing was measured. rss + shmem are read when an attempt ends, and a process that has
/// ended has given its share back: too little. The peak counts the page cache, which the kernel drops when
/// memory runs short: too much. The truth lies between, so the middle is taken where both are known.
inline std::uint64_t memory_need(const PastTest& past) {
  const std::uint64_t peak = std::max(past.memory_peak_bytes, past.memory_bytes);
  return past.memory_bytes + (peak - past.memory_bytes) / 2;
}

}  // namespace sharder
