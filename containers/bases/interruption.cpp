#include "containers/bases/interruption.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

namespace sharder {

Interrupted::Interrupted(int signal)
    : Error(signal == SIGINT ? "interrupted" : "ended by a signal"), signal_(signal) {}

InterruptionGuard::InterruptionGuard() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  if (const int failed = pthread_sigmask(SIG_BLOCK, &signals, &before_))
    throw SystemError("block signals", failed);
  descriptor_.reset(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!descriptor_) throw SystemError("signalfd", errno);
}

InterruptionGuard::~InterruptionGuard() {
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> InterruptionGuard::take() {
  signalfd_siginfo information{};
  if (read(descriptor_.get(), &information, sizeof information) != sizeof information) return std::nullopt;
  return static_cast<int>(information.ssi_signo);
}

void InterruptionGuard::check() {
  if (const auto signal = take()) throw Interrupted(*signal);
}

}  // namespace sharder
