// Which attempts of a run teach what: the rules by which a model of a test changes. Pure.
#pragma once

#include "sharder/history/model_row.hpp"
#include "sharder/history/recorded_run.hpp"

namespace sharder {

/// Passes before which nothing failed feed the durations; those of a rerun, in a clone of its own, only where
/// there is nothing else. A failure is a censored duration: the longest since the last run without one is
/// kept beside. Skips and lost attempts teach nothing. CPU time and memory are learnt from whatever was
/// measured.
void learn(ModelRow& model, const RecordedTest& test);

/// Whether the run's tests stood in each other's way: more workers than cores, and those were busy. What its tests took
/// says little of them then, and their share of processor time nothing.
bool was_crowded(const RecordedRun& run);

/// Whether the verdict speaks against the test, or against its being the same every time.
inline bool is_trouble(Verdict verdict) {
  return verdict == Verdict::failed || verdict == Verdict::flaky;
}

}  // namespace sharder
