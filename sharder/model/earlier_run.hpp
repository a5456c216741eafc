// What an earlier part of a run left, when the run goes on: its list, the attempts that came to an end, and the
// verdicts that stay. Verdicts that only said that the run had ended (lost, not-run) do not.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "sharder/model/event.hpp"

namespace sharder {

struct EarlierRun {
  RunStarted started;
  std::optional<RunDivided> divided;               // where it is a part of --partition
  std::vector<std::shared_ptr<const Test>> tests;  // as they were listed; empty where the list was not complete
  std::vector<Event>
      settled;  // AttemptStarted, AttemptFinished and TestFinished that stay, in order; TestIndex is into `tests`
  std::uint64_t last_sequence = 0;
  Seconds elapsed{0};            // of its last event
};

}  // namespace sharder
