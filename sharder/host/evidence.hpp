// What earlier runs tell of the width that a suite deserves: whether its tests compute or wait, and what a
// clone of it needs in memory. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "sharder/model/past.hpp"

namespace sharder {

struct WidthEvidence {
  double cpu_per_wall = 1;  // CPU seconds per second of a test; above 1 where tests have several threads
  std::uint64_t memory_bytes = 0;   // what 95 % of the tests need at most; 0: unknown
  int tests = 0;                    // that this rests on
  std::uint64_t largest_bytes = 0;  // what the hungriest test needs; 0: unknown
};

/// Nothing where too few tests have passed before, or nothing told their CPU time. Long tests count more than
/// short ones, since they are what the cores are busy with.
std::optional<WidthEvidence> evidence_from(const Past& past);

}  // namespace sharder
