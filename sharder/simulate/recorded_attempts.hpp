// The attempts of a recorded run, worker by worker, with what passed between them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sharder/model/event.hpp"

namespace sharder {

/// Times are seconds since run.started.
struct RecordedAttempt {
  AttemptRecord record;
  Seconds started{0};
  Seconds finished{-1};        // before `started`: never
  Seconds free_since{0};  // its worker had nothing else to do, and nothing that it had to wait for stood in its way
  Seconds clone{0};            // spent before that on a new clone
  Seconds pause{0};            // since the end of the worker's attempt before was told
  bool same_suite = false;     // as that attempt
  std::size_t before = none, next = none;  // positions of the worker's attempts around it
  bool new_to_clone = false;   // no test of its suite ran in this clone before
  bool may_have_waited = false;  // `free_since` is a guess: it may have been startable only later

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
};

struct Recording {
  RunStarted started;
  std::vector<std::shared_ptr<const Test>> tests;
  std::vector<RecordedAttempt> attempts;  // as they began
  std::vector<Seconds> first_clones;      // when each worker's first clone was ready
  Seconds later_clones{0};                // mean start-up of all others
  Seconds planned{0};                     // when the tests were listed and the plan was made
  Seconds last_end{0};
  RunFinished finished;
};

/// Of the last run in `events`; what came before it are earlier parts of a resumed run.
Recording record_of(const std::vector<Event>& events);

}  // namespace sharder
