// How an earlier part of a run fits the tests that are listed today. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sharder/model/earlier_run.hpp"

namespace sharder {

/// What the dispatcher begins with, by test; empty vectors where nothing came before.
struct Recalled {
  std::vector<std::vector<Outcome>> outcomes;    // that count; none where only losses were seen
  std::vector<int> attempts;                     // begun so far
  std::vector<std::optional<Verdict>> verdicts;

  bool empty() const { return outcomes.empty(); }
  /// Whether the queue has nothing to do with the test at the start.
  bool touched(TestIndex test) const { return !empty() && (verdicts[test] || !outcomes[test].empty()); }
};

/// The tests of a run that goes on.
struct ContinuedTests {
  std::vector<Test> tests;      // in the order of the earlier list; what is not listed any more as it was then
  std::vector<TestIndex> gone;  // of those, the ones that nobody lists any more
  std::size_t added = 0;        // listed today, and no part of the run
};

ContinuedTests continue_with(std::vector<Test> listed, const EarlierRun& earlier);

/// Tests that are gone and had no verdict get `not-run`.
Recalled recall(const EarlierRun& earlier, const ContinuedTests& continued);

}  // namespace sharder
