// Listens to a run and gives what it gathered to the history when the run is over. A run that is killed
// leaves nothing there.
#pragma once

#include <string>

#include "sharder/history/history.hpp"
#include "sharder/history/run_gatherer.hpp"

namespace sharder {

class HistoryRecorder : public EventConsumer {
 public:
  /// `history` outlives the recorder.
  HistoryRecorder(History& history, RecordedConditions conditions)
      : history_(history), gatherer_(std::move(conditions)) {}

  void consume(const Event& event) override { gatherer_.consume(event); }

  /// Writes the run, if it came to its end, in one transaction; waits for another writer as long as the
  /// history's settings say. Returns what went wrong, in words. Never throws. Does nothing where the history
  /// is read-only.
  std::string finish() override;

 private:
  History& history_;
  RunGatherer gatherer_;
};

}  // namespace sharder
