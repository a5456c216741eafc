#include "sharder/run/shutdown.hpp"

#include <csignal>

#include "sharder/support/text.hpp"

namespace sharder {

Shutdown::Shutdown(RunContext& context) : context_(context), signals_(context.executor, SIGINT, SIGTERM, SIGHUP) {
  await_signal();
  if (const std::optional<Seconds>& deadline = context.config.run.deadline) {
    deadline_ = context.time.at(after(context.time.now(), *deadline), [this, span = *deadline] {
      deadline_passed_ = true;
      cancel("the deadline of " + format_duration(span) + " has passed");
    });
  }
}

void Shutdown::await_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int number) {
    if (error) return;
    on_signal(number);
    await_signal();
  });
}

void Shutdown::on_signal(int number) {
  const bool first = signal_ == 0;
  // A hang-up ends the run as SIGTERM does; its exit status is that of SIGTERM too, which people know.
  if (first) signal_ = number == SIGHUP ? SIGTERM : number;
  if (first && number == SIGINT && drain_allowed_ && !over_) {
    const std::string why = "interrupted: what runs may finish (once more: stop at once)";
    context_.events.publish(Draining{why});
    context_.cancellation.drain(why);
    return;
  }
  cancel(number == SIGINT ? "interrupted" : "stopped by SIGTERM");
}

void Shutdown::cancel(const std::string& why) {
  // Who sends a signal again and again is told once.
  if (!over_ && !context_.cancellation.cancelled()) context_.events.publish(Draining{why});
  context_.cancellation.cancel(why);
}

void hold_signals_back() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace sharder
