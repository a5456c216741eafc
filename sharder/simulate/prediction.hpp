// Predicts a run: the real engine plays tests of known durations on a virtual clock. Deterministic: the same tests and
// settings give the same prediction. Where durations come from is decided elsewhere (journal_input.hpp,
// past_input.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sharder/config/config.hpp"
#include "sharder/model/event.hpp"
#include "sharder/model/past.hpp"

namespace sharder {

/// What is known of one test before the simulation, attempt by attempt; the last attempt's figures stand for all after
/// it.
struct SimulatedTest {
  Test test;
  std::vector<Seconds> durations;   // none: 0
  std::vector<Outcome> outcomes;    // none: passed
  std::vector<Seconds> overheads;   // before each attempt, where recorded; none: the suite's
};

/// What running a suite's tests costs its worker beyond their durations.
struct SuiteTiming {
  Feed feed = Feed::each;
  Seconds process_startup{0};  // batch and live runner: from the start of a process to its first test
  Seconds overhead{0};         // each: beside every test; live runner: between two
  Seconds wind_down{0};        // from the last test of a process to its end
};

struct SimulationSettings {
  std::vector<double> worker_speeds;  // one per worker; 1 = the machine whose durations these are
  Seconds startup{0};                 // until a clone is ready
  std::vector<Seconds> startups;      // of the workers' first clones, where it differs; `startup` for all others
  Seconds listing{0};                 // from the first clone to the plan
  Seconds overhead_per_test{0};       // between two tests of a worker, for suites that `suites` does not know
  std::map<std::string, SuiteTiming> suites;
  Seconds launch{0};  // of every process, before its first attempt is told; a replay has it in the overhead
  Seconds ending{0};                  // from the last test to the end of the run
  std::string order = "auto";
  std::uint64_t seed = 0;
  bool dissolve_locks = false;
  bool fresh_clones = false;          // a clone for every test
  int reruns = 3;
  Past past;                          // what the plan may know
};

struct Prediction {
  Seconds makespan{0};
  Counts counts;
  std::vector<Seconds> worker_busy;  // sum of its attempts
  Seconds startup{0};                // until the first test could start
  RunFinished finished;              // what the engine itself said in the end
  std::string trouble;               // why nothing, or not everything, was run; empty otherwise
  int signal = 0;                    // a real one that came meanwhile; the figures are worthless then
};

/// Tests with the same id count once. Takes no root and starts nothing. Throws nothing for reasons outside. `watcher`
/// sees the events of the simulated run, as a journal would.
Prediction simulate(std::vector<SimulatedTest> tests, const SimulationSettings& settings,
                    EventConsumer* watcher = nullptr);

}  // namespace sharder
