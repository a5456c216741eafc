// A run's events as the run that the history keeps: attempts by test, with the position at which each
// started.
#pragma once

#include <cstddef>
#include <vector>

#include "sharder/history/recorded_run.hpp"
#include "sharder/model/event.hpp"

namespace sharder {

class RunGatherer {
 public:
  /// Host class and order stand in no event; the rest of `conditions` is taken from the run's start where it
  /// tells it.
  explicit RunGatherer(RecordedConditions conditions);

  void consume(const Event& event);
  /// Whether the run came to its end; one that was killed has none.
  bool ended() const { return run_.exit_status.has_value(); }
  /// Once, at the end. Tests that nobody judged are left out.
  RecordedRun take();

 private:
  struct Started {
    int attempt = 1, worker = 0, position = 0;
  };
  struct Gathered {
    RecordedTest test;
    std::vector<Started> running;
    bool judged = false;
  };
  struct Apply;
  void finish_attempt(const AttemptRecord& record);

  RecordedRun run_;
  std::vector<Gathered> tests_;
  int started_ = 0;
};

}  // namespace sharder
