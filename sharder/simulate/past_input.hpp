// Makes of what the history expects of each test a run to simulate. The history knows neither locks nor wide tests, nor
// how a suite starts its processes; `sharder plan`, which lists the tests, does.
#pragma once

#include "sharder/simulate/journal_input.hpp"

namespace sharder {

/// On one worker; tests that never passed count with the longest time that they failed after, and those of which no
/// time is known are left out. Throws UsageError where there is none left.
SimulationInput input_from_past(const Past& past);

}  // namespace sharder
