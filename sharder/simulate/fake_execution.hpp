// A process in a fake clone: waits as long as its script says, then tells what the script says.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sharder/simulate/fake_clone_pool.hpp"

namespace sharder {

class FakeExecution;

/// Shared by a clone and its executions, which may outlive it.
struct FakeCloneState {
  bool gone = false;
  std::string why;
  double speed = 1;
  std::set<FakeExecution*> executions;

  /// Nothing that runs in it survives.
  void end(const std::string& reason);
};

class FakeExecution : public Execution {
 public:
  FakeExecution(FakeClonePool& pool, std::shared_ptr<FakeCloneState> clone, ExecuteRequest request);
  ~FakeExecution() override;

  boost::asio::awaitable<std::optional<ExecutionEvent>> next(TimePoint deadline) override;
  void write(std::string bytes) override;
  void close_input() override;
  void kill(int signal) override;
  boost::asio::awaitable<Checkpoint> checkpoint() override;

  void clone_dies(const std::string& reason);

 private:
  void heed_fault(PoolCall call);
  void play(FakeBehaviour behaviour);
  void wait(Seconds span, void (FakeExecution::*then)());
  void begin_fed();
  void begin_next();
  void end_current();
  void act();
  void tell(const std::string& test, SubunitStatus status);
  void end(Termination termination);
  void push(ExecutionEvent event);

  FakeClonePool& pool_;
  std::shared_ptr<FakeCloneState> clone_;
  int attempt_;
  std::string test_, fed_;
  bool live_, fed_before_ = false, over_ = false;
  FakeBehaviour behaviour_;
  std::size_t next_test_ = 0;  // of a batch
  boost::asio::steady_timer wake_;
  std::vector<ExecutionEvent> events_;  // a few at a time
  std::size_t next_event_ = 0;
  std::unique_ptr<Alarm> alarm_;
};

}  // namespace sharder
