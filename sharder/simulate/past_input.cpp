#include "sharder/simulate/past_input.hpp"

#include <algorithm>

#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

/// Until a clone without services is ready, and what starting a process in it costs: rough figures of two cores. A
/// journal tells the project's own.
constexpr Seconds usual_startup{0.1};
constexpr Seconds usual_overhead{0.002};

}  // namespace

SimulationInput input_from_past(const Past& past) {
  SimulationInput input;
  for (const auto& [id, known] : past.tests) {
    const Seconds duration = known.durations > 0 ? known.expected : known.longest_failure;
    if (duration.count() <= 0) {
      ++input.without_duration;
      continue;
    }
    SimulatedTest& one = input.tests.emplace_back();
    one.test.id = one.test.name = id;
    one.durations = {duration};
  }
  if (input.tests.empty())
    throw UsageError("the history knows no duration of any test of this project",
                     "sharder run teaches it, sharder history import, too");
  const auto by_id = [](const SimulatedTest& a, const SimulatedTest& b) { return a.test.id < b.test.id; };
  std::sort(input.tests.begin(), input.tests.end(), by_id);
  input.workers = 1;
  input.past = past;
  input.settings.worker_speeds = {1};
  input.settings.startup = usual_startup;
  input.settings.overhead_per_test = usual_overhead;
  input.settings.past = past;
  return input;
}

}  // namespace sharder
