// Holds SIGINT, SIGTERM and SIGHUP back while something must be taken apart again before the program may end.
#pragma once

#include <csignal>
#include <optional>

#include "sharder/support/errors.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder {

/// The user, or the machine, wants the program to end; everything half made has been removed on the way out.
class Interrupted : public Error {
 public:
  explicit Interrupted(int signal);
  int signal() const { return signal_; }

 private:
  int signal_;
};

/// While one lives, the signals wait in descriptor(). Single-threaded programs only.
class InterruptionGuard {
 public:
  InterruptionGuard();
  ~InterruptionGuard();
  InterruptionGuard(const InterruptionGuard&) = delete;
  InterruptionGuard& operator=(const InterruptionGuard&) = delete;

  int descriptor() const { return descriptor_.get(); }
  /// The next signal that came, without waiting; each is told once.
  std::optional<int> take();
  /// Throws Interrupted if a signal came.
  void check();

 private:
  sigset_t before_;
  UniqueFd descriptor_;
};

}  // namespace sharder
