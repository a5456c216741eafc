// Plays a plan through on paper: every test takes what is expected of it, nothing fails, nothing starts up. Pure.
#pragma once

#include <vector>

#include "sharder/plan/plan.hpp"

namespace sharder {

/// The makespan that the queue would come to. O(n log n).
Seconds rehearse(const std::vector<Test>& tests, const Ties& ties, const Plan& plan);

}  // namespace sharder
