// Listens to a run and gives what it gathered to the history when the run is over. A run that is killed leaves nothing
// there.
#pragma once

#include <map>
#include <string>

#include "sharder/history/history.hpp"
#include "sharder/history/run_gatherer.hpp"

namespace sharder {

class HistoryRecorder : public EventConsumer {
 public:
  /// `history` outlives the recorder.
  HistoryRecorder(History& history, RecordedConditions conditions) : history_(history), gatherer_(std::move(conditions)) {}

  void consume(const Event& event) override { gatherer_.consume(event); }
  /// A measured start of a process of this suite; the history keeps the mean.
  void process_started(const std::string& suite, Seconds cost);

  /// Writes the run, if it came to its end, in one transaction; waits for another writer as long as the history's
  /// settings say. Returns what went wrong, in words. Never throws. Does nothing where the history is read-only.
  std::string finish() override;

 private:
  struct Startups {
    Seconds sum{0};
    int count = 0;
  };

  History& history_;
  RunGatherer gatherer_;
  std::map<std::string, Startups> startups_;
};

}  // namespace sharder
