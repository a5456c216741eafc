// Turns signals and the deadline into drain and cancel.
#pragma once

#include <boost/asio/signal_set.hpp>

#include "sharder/run/context.hpp"

namespace sharder {

/// SIGINT drains, a second one cancels; SIGTERM and SIGHUP cancel at once, since who sends them does not wait long.
/// Until allow_drain() there is nothing worth finishing, and every signal cancels.
class Shutdown {
 public:
  explicit Shutdown(RunContext& context);

  void allow_drain() { drain_allowed_ = true; }
  /// Its last event is written: what comes now hurries the end and is not told.
  void run_is_over() { over_ = true; }
  /// The first signal that came, or 0.
  int signal() const { return signal_; }
  bool deadline_passed() const { return deadline_passed_; }

 private:
  void await_signal();
  void on_signal(int number);
  void cancel(const std::string& why);

  RunContext& context_;
  boost::asio::signal_set signals_;
  std::unique_ptr<Alarm> deadline_;
  bool drain_allowed_ = false, deadline_passed_ = false, over_ = false;
  int signal_ = 0;
};

/// From here to the end of the process the signals wait: for when nothing is left that they could hurry. The process
/// has one thread.
void hold_signals_back();

}  // namespace sharder
