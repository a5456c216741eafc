// Bounds that every parser of results shares: what comes out of a clone is never kept whole.
#pragma once

#include <cstddef>

namespace sharder {

/// What is kept of one test's failure text. 64 KiB hold any traceback that a person reads.
inline constexpr std::size_t details_limit_bytes = 64 << 10;
/// What is kept of a text of which one line will be shown.
inline constexpr std::size_t message_limit_bytes = 4000;

}  // namespace sharder
