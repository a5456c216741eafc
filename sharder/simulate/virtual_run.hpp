// A whole run by the real engine on virtual time and fake clones. Decides nothing: whoever makes one says what the
// tests do, and watches.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "sharder/run/run.hpp"
#include "sharder/simulate/fake_clone_pool.hpp"
#include "sharder/simulate/virtual_time.hpp"

namespace sharder {

class VirtualRun {
 public:
  /// `config` outlives it. `script` says what every process does.
  VirtualRun(const Config& config, int workers, FakeClonePool::Script script);
  ~VirtualRun();

  VirtualTime& time() { return time_; }
  EventStream& events() { return events_; }
  FakeClonePool& pool() { return pool_; }
  Cancellation& cancellation() { return cancellation_; }
  /// For what the constructor leaves at its default.
  RunContext& context() { return context_; }

  struct End {
    bool ended = false;  // false: the run waits for something that never comes, which is a fault of the engine
    RunResult result;
    Seconds duration{0};
    int signal = 0;  // a real one that came meanwhile
  };
  /// To be called once. What the engine throws comes through.
  End run(RunInputs inputs);

 private:
  std::unique_ptr<boost::asio::io_context> io_ = std::make_unique<boost::asio::io_context>(1);
  VirtualTime time_;
  EventStream events_;
  FakeClonePool pool_;
  Cancellation cancellation_;
  RunContext context_;
};

}  // namespace sharder
