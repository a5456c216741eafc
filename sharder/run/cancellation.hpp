// How a run is stopped: drain (start nothing new) or cancel (also kill what runs).
#pragma once

#include <functional>
#include <set>
#include <string>

#include "containers/clone_pool.hpp"

namespace sharder {

class Cancellation {
 public:
  bool draining() const { return draining_; }
  bool cancelled() const { return cancelled_; }
  const std::string& why() const { return why_; }

  void drain(std::string why);
  void cancel(std::string why);

  /// Called after every drain or cancel; one observer, empty to take it back.
  void observe(std::function<void()> observer) { observer_ = std::move(observer); }

  /// While it lives, a cancel kills the execution.
  class Tracked {
   public:
    Tracked(Cancellation& cancellation, Execution& execution);
    ~Tracked() { cancellation_.executions_.erase(&execution_); }
    Tracked(const Tracked&) = delete;
    Tracked& operator=(const Tracked&) = delete;

   private:
    Cancellation& cancellation_;
    Execution& execution_;
  };

 private:
  bool draining_ = false, cancelled_ = false;
  std::string why_;
  std::set<Execution*> executions_;
  std::function<void()> observer_;
};

}  // namespace sharder
