// Whether runs can be merged, and whether they are all there. Pure.
#pragma once

#include <string>
#include <vector>

#include "sharder/report/merge/sources.hpp"

namespace sharder {

/// Every run once, in the order that a merge has them in, whatever the order they were given in. A run that was given
/// twice is one; where it went on in between, what it came to counts. Throws UsageError where two copies contradict.
std::vector<SourceRun> distinct_runs(std::vector<SourceRun> sources);

/// Throws UsageError where two runs are the same part, or have the same test: a merge does not choose between them.
/// Fixtures run with every part that needs them.
void refuse_conflicts(const std::vector<SourceRun>& sources);

/// What keeps the runs from being a whole.
struct Shortfall {
  std::vector<std::string> missing;  // "part 2 of 3 is missing"
  std::string hint;
};
Shortfall shortfall_of(const std::vector<SourceRun>& sources);

}  // namespace sharder
