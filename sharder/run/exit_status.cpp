#include "sharder/run/exit_status.hpp"

namespace sharder {

int exit_status_of(const RunEnd& end, FlakyPolicy policy) {
  if (end.signal != 0) return exit_status::signal_base + end.signal;
  if (end.counts.lost > 0 || end.deadline_passed) return exit_status::incomplete;
  if (end.counts.failed > 0) return exit_status::failed;
  if (end.counts.not_run > 0) return exit_status::incomplete;
  if (end.counts.flaky > 0 && policy == FlakyPolicy::fail) return exit_status::failed;
  if (end.counts.flaky > 0 && policy == FlakyPolicy::warn) return exit_status::flaky;
  return exit_status::success;
}

}  // namespace sharder
