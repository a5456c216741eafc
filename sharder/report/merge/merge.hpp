// Several runs as the stream of one. A function of the set of runs: not of their order, nor of merges in between. Pure.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sharder/report/merge/sources.hpp"

namespace sharder {

struct MergeSettings {
  std::string run_id;
  std::string incomplete;  // what is missing, or ""
  std::function<int(const Counts&)> exit_status;
  /// The output of an attempt, by the number that its own run gave it; asked when its turn has come, so that never more
  /// than one is in memory.
  std::function<std::string(const SourceRun&, const std::string& test, int attempt)> output;
};

/// Sorts by time, and is the same for the same runs.
std::string merged_run_id(const std::vector<SourceRun>& sources);

/// `sources` as distinct_runs() leaves them. Returns the exit status.
int merge_runs(const std::vector<SourceRun>& sources, const MergeSettings& settings, EventConsumer& consumer);

}  // namespace sharder
