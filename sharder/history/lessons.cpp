#include "sharder/history/lessons.hpp"

#include <algorithm>

namespace sharder {
namespace {

void learn_durations(ModelRow& model, const std::vector<RecordedAttempt>& attempts) {
  bool failed = false, passed_at_once = false;
  double longest_failure = 0;
  for (const RecordedAttempt& attempt : attempts) {
    if (is_failure(attempt.outcome)) {
      failed = true;
      longest_failure = std::max(longest_failure, attempt.duration.value_or(Seconds(0)).count());
    }
    if (!is_pass(attempt.outcome)) continue;
    passed_at_once = passed_at_once || !failed;
    if (attempt.duration && (!failed || model.duration.durations == 0))
      update(model.duration, *attempt.duration);
  }
  if (failed)
    model.longest_failure = std::max(model.longest_failure, longest_failure);
  else if (passed_at_once)
    model.longest_failure = 0;
}

void learn_usage(ModelRow& model, const RecordedAttempt& attempt) {
  if (!attempt.usage || attempt.outcome == Outcome::lost || attempt.outcome == Outcome::skipped) return;
  const Usage& usage = *attempt.usage;
  model.memory_bytes = std::max(model.memory_bytes, static_cast<std::int64_t>(usage.memory_bytes));
  model.memory_peak_bytes =
      std::max(model.memory_peak_bytes, static_cast<std::int64_t>(usage.memory_peak_bytes));
  // Zero: it could not be told apart from that of its batch.
  if (usage.cpu_seconds <= 0 || !is_pass(attempt.outcome)) return;
  // A mean of all at first, later of the last twenty or so: tests change.
  model.measured = std::min(model.measured + 1, 20);
  model.cpu_mean += (usage.cpu_seconds - model.cpu_mean) / model.measured;
}

// More than that of all processor time, and tests waited for each other rather than for what they talk to.
constexpr double busy_share = 0.7;

}  // namespace

bool was_crowded(const RecordedRun& run) {
  const RecordedConditions& conditions = run.conditions;
  if (conditions.cores <= 0 || conditions.workers <= conditions.cores || !run.makespan) return false;
  double busy = 0;
  for (const RecordedTest& test : run.tests)
    for (const RecordedAttempt& attempt : test.attempts)
      if (attempt.usage) busy += attempt.usage->cpu_seconds;
  return busy > busy_share * run.makespan->count() * conditions.cores;
}

void learn(ModelRow& model, const RecordedTest& test) {
  learn_durations(model, test.attempts);
  for (const RecordedAttempt& attempt : test.attempts) learn_usage(model, attempt);
}

}  // namespace sharder
