// Reads out of a recorded run what a simulation needs to play it again: durations, outcomes, the order, and what the
// machinery took around the tests. Time in which a worker had nothing that it could start is not recorded as cost: the
// simulation finds it again by itself.
#pragma once

#include <string>
#include <vector>

#include "sharder/simulate/prediction.hpp"

namespace sharder {

struct SimulationInput {
  std::vector<SimulatedTest> tests;  // in the order in which the run began them
  SimulationSettings settings;       // of the recorded machine and width; order "listed"
  int workers = 0;
  Seconds makespan{0};               // the run's own; 0 where it did not end
  std::string run_id;
  Past past;                         // what a history would know after this run alone
  std::size_t without_duration = 0;  // tests that were not run: nothing is known of them, they are left out
};

/// `events` as read_journal() gives them; of a resumed run, the last part counts. Throws UsageError where no test was
/// run.
SimulationInput input_from_journal(const std::vector<Event>& events);

/// Start-ups of the first clones of `workers` workers, from those that were measured with another number of them:
/// clones of one machine start one after another, so the nth takes longer than the first. `startups` may be empty.
std::vector<Seconds> startups_for(std::vector<Seconds> startups, int workers);

}  // namespace sharder
