// Small runs of several machines as events, and what a merge makes of them as text.
#pragma once

#include <string>
#include <vector>

#include "sharder/report/merge/sources.hpp"
#include "tests/unit/report/journal_lines.hpp"
#include "tests/unit/report/sample_run.hpp"

namespace sharder {

/// A run of part `part` of `parts`, whose tests all pass unless their id says how they end: "t/b failed", "t/c flaky".
/// Part 0 is a run of everything.
struct MachineRun {
  std::string id;
  int part = 0, parts = 0;
  std::vector<std::string> tests;
  std::string division = "d";

  /// Everything, the end included.
  std::vector<Event> events() const;
  /// Without its end, and without its last verdict.
  std::vector<Event> killed() const;
};

/// The three parts of seven tests, one flaky, one failed; each part runs the fixture t/setup.
std::vector<std::vector<Event>> three_parts();

/// Journals through all steps of a merge: the merged journal.
std::string merged(const std::vector<std::string>& journals, const std::string& incomplete = "");
std::vector<SourceRun> sources_in(const std::vector<std::string>& journals);

}  // namespace sharder
