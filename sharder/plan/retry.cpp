#include "sharder/plan/retry.hpp"

#include <algorithm>

#include "sharder/support/errors.hpp"

namespace sharder {

NextStep decide_next_step(const std::vector<Outcome>& outcomes, const RetryPolicy& policy) {
  SHARDER_ASSERT(!outcomes.empty());
  const Outcome last = outcomes.back();
  const auto failures = std::count_if(outcomes.begin(), outcomes.end(), is_failure);
  const auto losses = std::count(outcomes.begin(), outcomes.end(), Outcome::lost);

  if (last == Outcome::lost) {
    if (losses < policy.loss_limit) return {failures > 0 ? NextStep::Kind::rerun : NextStep::Kind::retry};
    return {NextStep::Kind::finish, failures > 0 ? Verdict::failed : Verdict::lost};
  }
  if (is_failure(last)) {
    if (failures <= policy.reruns) return {NextStep::Kind::rerun};
    return {NextStep::Kind::finish, Verdict::failed};
  }
  if (failures > 0) return {NextStep::Kind::finish, Verdict::flaky};
  return {NextStep::Kind::finish, last == Outcome::skipped ? Verdict::skipped : Verdict::passed};
}

Verdict worst_verdict(const std::vector<Outcome>& outcomes) {
  if (outcomes.empty()) return Verdict::not_run;
  if (std::any_of(outcomes.begin(), outcomes.end(), is_failure)) return Verdict::failed;
  if (std::any_of(outcomes.begin(), outcomes.end(), is_pass)) return Verdict::passed;
  const bool skipped = std::find(outcomes.begin(), outcomes.end(), Outcome::skipped) != outcomes.end();
  return skipped ? Verdict::skipped : Verdict::lost;
}

std::string_view cause_of(Verdict verdict, const std::vector<Outcome>& outcomes) {
  if (verdict != Verdict::failed && verdict != Verdict::flaky) return "";
  const auto failures = std::count_if(outcomes.begin(), outcomes.end(), is_failure);
  const auto losses = std::count(outcomes.begin(), outcomes.end(), Outcome::lost);
  const bool always = failures > 1 && failures + losses == static_cast<std::ptrdiff_t>(outcomes.size());
  return verdict == Verdict::failed && always ? "deterministic" : "unknown";
}

bool too_many_failures(int failed_tests, int selected_tests, double limit) {
  return failed_tests > 20 && failed_tests > limit * selected_tests;
}

}  // namespace sharder
