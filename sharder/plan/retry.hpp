// Decides what follows an attempt: another attempt, or the verdict. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "sharder/model/outcome.hpp"

namespace sharder {

struct RetryPolicy {
  int reruns = 3;      // further attempts of a failing test
  int loss_limit = 3;  // so many lost attempts of one test are a verdict
};

struct NextStep {
  enum class Kind {
    retry,  // the attempt was lost, through no fault of the test: again, as before
    rerun,  // it failed: again, alone in a fresh clone
    finish
  } kind = Kind::finish;
  Verdict verdict = Verdict::lost;  // with finish
};

/// What follows the last of `outcomes` (all attempts of one test, oldest first; never empty).
/// A pass after a failure never erases the failure: it makes the test flaky.
NextStep decide_next_step(const std::vector<Outcome>& outcomes, const RetryPolicy& policy);

/// The verdict on a test that runs once in every clone that needs it (a fixture): its worst outcome. A clone that was
/// lost says nothing where another one did.
Verdict worst_verdict(const std::vector<Outcome>& outcomes);

/// What reruns alone can tell of the cause of a failed or flaky verdict: `deterministic` where the test failed in
/// every one of at least two clones (those that were lost say nothing), `unknown` otherwise; "" for other verdicts.
std::string_view cause_of(Verdict verdict, const std::vector<Outcome>& outcomes);

/// Whether so many tests have failed that reruns would only prolong the agony: more than 20, and more than
/// `limit` (a share) of those selected.
bool too_many_failures(int failed_tests, int selected_tests, double limit);

}  // namespace sharder
