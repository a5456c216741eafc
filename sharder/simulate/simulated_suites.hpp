// Dresses tests of known durations up as suites that the engine can list and run: a configuration, a list, and what
// the process or the live runner of each test does.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "sharder/simulate/fake_clone_pool.hpp"
#include "sharder/simulate/prediction.hpp"
#include "sharder/suites/identifiers.hpp"

namespace sharder {

class SimulatedSuites {
 public:
  /// `settings` outlives it.
  SimulatedSuites(std::vector<SimulatedTest> tests, const SimulationSettings& settings);
  SimulatedSuites(const SimulatedSuites&) = delete;
  SimulatedSuites& operator=(const SimulatedSuites&) = delete;

  const Config& config() const { return config_; }
  /// The tests as a listing gives them; their ids come out as they were.
  std::vector<SuiteTests> listing() const;
  /// What a process does that was started for `id`, or for the ids in its file.
  FakeBehaviour process(const ExecuteRequest& request, const std::string& id, int attempt) const;
  /// What a live runner does with a line; `first` in its process.
  FakeBehaviour fed(const std::string& line, bool first) const;

 private:
  void add_suite(const std::string& name);
  FakeBehaviour behaviour(const SimulatedTest& test, int attempt) const;
  const SuiteTiming& timing_of(const SimulatedTest& test) const { return timings_.at(test.test.suite); }

  const SimulationSettings& settings_;
  Config config_;
  std::vector<SimulatedTest> tests_;
  std::map<std::string, SuiteTiming> timings_;
  std::unordered_map<std::string_view, const SimulatedTest*> by_id_;
};

}  // namespace sharder
