// Clones that exist only in the event loop: for tests of the engine without LXC, and for simulation. Tests behave as a
// script says; clones die when told to.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "containers/clone_pool.hpp"

namespace sharder {

/// What a fake process does.
struct FakeBehaviour {
  Seconds duration{0.01};
  Termination termination;
  std::string output;
  std::vector<Leak> leaks;
  bool kills_clone = false;  // instead of ending
  bool ignores_signals = false;  // all but SIGKILL
};

class FakeClonePool : public ClonePool {
 public:
  /// Asked for every process; `attempt` is SHARDER_ATTEMPT, `test` SHARDER_TEST (empty for ours).
  using Script = std::function<FakeBehaviour(const ExecuteRequest& request, const std::string& test, int attempt)>;
  /// For a live runner (feed or channels): the behaviour on each line it is fed.
  using RunnerScript = std::function<FakeBehaviour(const std::string& line, int attempt)>;
  /// Asked for every obtain(); true makes it fail.
  using ObtainFails = std::function<bool()>;

  FakeClonePool(boost::asio::any_io_executor executor, TimeSource& time, Script script);

  void set_start_up(Seconds start_up) { start_up_ = start_up; }
  void set_obtain_fails(ObtainFails fails) { obtain_fails_ = std::move(fails); }
  void set_runner_script(RunnerScript script) { runner_script_ = std::move(script); }

  boost::asio::awaitable<std::unique_ptr<Clone>> obtain(CloneRequest request) override;
  boost::asio::awaitable<void> close() override;

  int living() const { return living_; }
  int obtained() const { return obtained_; }
  int running() const { return running_; }
  /// The most processes of tests that ever ran at once.
  int most_running() const { return most_running_; }
  /// Called at every start (+1) and end (-1) of a test's process: for checking who runs beside whom.
  std::function<void(const std::string& test, int change)> on_change;

 private:
  friend class FakeClone;
  friend class FakeExecution;
  boost::asio::awaitable<void> sleep(Seconds span);
  void count(const std::string& test, int change);

  boost::asio::any_io_executor executor_;
  TimeSource& time_;
  Script script_;
  RunnerScript runner_script_;
  ObtainFails obtain_fails_;
  Seconds start_up_{0.01};
  int living_ = 0, obtained_ = 0, running_ = 0, most_running_ = 0;
};

}  // namespace sharder
