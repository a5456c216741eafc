// A run to replay, without a machine: the engine on virtual time, with the journal's events kept.
#pragma once

#include <vector>

#include "sharder/simulate/prediction.hpp"

namespace sharder {

/// The events of a simulated run, as a journal would hold them.
std::vector<Event> record_simulated(std::vector<SimulatedTest> tests, const SimulationSettings& settings);

/// `count` tests of one suite; the nth takes (n % 7 + 1) times `unit`.
std::vector<SimulatedTest> uneven_tests(int count, Seconds unit);

}  // namespace sharder
