// How many tests ended how.
#pragma once

#include "sharder/model/event.hpp"

namespace sharder {

/// One more test of that verdict; `selected` is the caller's.
void count(Counts& counts, Verdict verdict);

}  // namespace sharder
