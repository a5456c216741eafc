// The history of the project that a verb is about: opened if it can be had, told of if not.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sharder/config/config.hpp"
#include "sharder/config/environment.hpp"
#include "sharder/history/history.hpp"
#include "sharder/history/partitions.hpp"
#include "sharder/history/recorder.hpp"
#include "sharder/host/machine.hpp"
#include "sharder/run/choose_tests.hpp"

namespace sharder {

class ProjectHistory {
 public:
  /// With --no-history there is none. Prints what keeps it from being used; never throws for a bad file.
  ProjectHistory(const Config& config, const Environment& environment, const Machine& machine);

  /// What it tells of the tests, read once.
  const Past& past() const { return past_; }
  /// What the choice of tests goes by: the past, what failed last, --load-list. Throws UsageError for --failed where
  /// there is no history. What it gives must not outlive this.
  ChoiceInputs choice_inputs(const Config& config) const;
  /// Writes the run when it is over; null where there is no history that can be written.
  std::unique_ptr<HistoryRecorder> recorder(const Config& config, int workers, std::uint64_t seed) const;

 private:
  std::vector<int> settle(const PartitionQuestion& question) const;

  std::unique_ptr<History> history_;
  std::string host_class_;
  int cores_ = 0;
  Past past_;
};

}  // namespace sharder
