// A seeded suite and the run's settings around it, to be run again and again with one thing gone wrong: what a test
// does hangs on the seed, the test and the attempt alone, never on the schedule.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/run/simulated_run.hpp"

namespace sharder {

class Scenario {
 public:
  enum class Nature {
    steady,     // a test does the same at every attempt, and no clone dies of it
    by_attempt  // tests may be flaky, and kill their clone at their first attempt
  };

  Scenario(std::uint64_t seed, Nature nature);

  /// The next run of it; the scenario outlives it.
  std::unique_ptr<SimulatedRun> prepare() const;
  int workers() const { return workers_; }
  std::size_t tests() const { return ids_.size(); }
  const std::string& test(std::size_t place) const { return ids_[place]; }
  /// From now on this test fails and all others pass.
  void fail_only(const std::string& test) { only_failure_ = test; }
  /// Set-up or clean-up of a fixture: how often it runs hangs on the clones.
  bool fixture(const std::string& test) const { return fixtures_.count(test) > 0; }
  /// "batch, services, 3 workers, 12 tests"
  std::string describe() const;

 private:
  enum class Form { each, batch, fed, tied };

  void make_settings(std::uint64_t drawn);
  void make_tests();
  void make_tied_tests();
  FakeBehaviour behaviour(const std::string& test, int attempt) const;
  FakeBehaviour batch(const std::vector<std::string>& tests, const RecordingConsumer& record) const;
  std::uint64_t draw(const std::string& what) const;

  std::uint64_t seed_;
  Nature nature_;
  Form form_;
  int workers_ = 1;
  Config config_;  // what prepare() takes over; suites are made there
  std::string listing_;
  std::vector<std::string> ids_;
  std::set<std::string> fixtures_;
  std::string only_failure_;
};

}  // namespace sharder
