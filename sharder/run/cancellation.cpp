#include "sharder/run/cancellation.hpp"

#include <csignal>

namespace sharder {

void Cancellation::drain(std::string why) {
  if (draining_) return;
  draining_ = true;
  why_ = std::move(why);
  if (observer_) observer_();
}

void Cancellation::cancel(std::string why) {
  if (cancelled_) return;
  if (!draining_) why_ = std::move(why);
  draining_ = cancelled_ = true;
  for (Execution* execution : executions_) execution->kill(SIGKILL);
  if (observer_) observer_();
}

Cancellation::Tracked::Tracked(Cancellation& cancellation, Execution& execution)
    : cancellation_(cancellation), execution_(execution) {
  cancellation_.executions_.insert(&execution_);
  if (cancellation_.cancelled_) execution_.kill(SIGKILL);
}

}  // namespace sharder
