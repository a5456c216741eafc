// How many files this process may have open, and the processes that it starts.
#pragma once

#include <cstdint>

namespace sharder {

/// Raises the limit to `needed` where it is lower. Throws UnfitError, with the cure, where the hard limit does not
/// allow so many: root could raise that one too, but it is somebody's will.
void allow_open_files(std::uint64_t needed);

}  // namespace sharder
