// The one number in which a run says how it went (contract: the first that applies).
#pragma once

#include "sharder/config/config.hpp"
#include "sharder/model/event.hpp"

namespace sharder {

namespace exit_status {
constexpr int success = 0, failed = 1, usage = 2, incomplete = 3, nothing_selected = 4, preparation = 5, flaky = 6,
              bug = 70, busy = 75, signal_base = 128;
}

struct RunEnd {
  int signal = 0;  // that stopped the run, or 0
  bool deadline_passed = false;
  Counts counts;
};

int exit_status_of(const RunEnd& end, FlakyPolicy policy);

}  // namespace sharder
