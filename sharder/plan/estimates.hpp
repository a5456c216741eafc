// What each test of a run is expected to take, from what earlier runs tell. Pure.
#pragma once

#include <vector>

#include "sharder/model/past.hpp"
#include "sharder/model/test.hpp"

namespace sharder {

struct Estimate {
  /// Where the numbers come from; with `nothing` they are nominal, the same for every test. `list`: what the framework
  /// says of the test's cost.
  enum class Source { nothing, list, siblings, history };

  Seconds order_key{1};  // for ordering: nearer to the worst than to the usual
  Seconds expected{1};   // for sums: like a mean
  Source source = Source::nothing;
  bool hot = false;      // failed lately, or new in a project that has a history: worth showing early

  bool known() const { return source != Source::nothing; }
};

/// One for each test. A test without history gets the 85th percentile of its siblings' order keys and the mean of what
/// is expected of them: those of its file or class, else of its program, else of its suite. Where no test has a
/// history, what the list says of costs counts, as if it were seconds. Never zero.
std::vector<Estimate> estimate_tests(const std::vector<Test>& tests, const Past& past);

}  // namespace sharder
