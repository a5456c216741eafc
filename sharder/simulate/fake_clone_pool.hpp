// Clones that exist only in the event loop: for tests of the engine without LXC, and for simulation. Tests behave as a
// script says; clones die when told to.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "containers/clone_pool.hpp"
#include "sharder/suites/subunit2.hpp"

namespace sharder {

/// One of several tests that a fake process runs, told as subunit.
struct FakeTest {
  std::string name;
  Seconds duration{0};
  SubunitStatus status = SubunitStatus::success;
  bool dies = false;  // the process ends in the middle of it, with a signal
};

/// What a fake process does, or a live runner when it is fed a line. Spans are those of a machine of speed 1.
struct FakeBehaviour {
  Seconds start_up{0};  // before the test begins
  Seconds duration{0.01};
  Termination termination;
  std::optional<SubunitStatus> status;  // told of a line that was fed; else the exit status decides
  std::string output;
  std::vector<Leak> leaks;
  bool kills_clone = false;  // instead of ending
  bool kills_clone_after = false;  // when a live runner has told its result
  bool ignores_signals = false;  // all but SIGKILL
  Seconds wind_down{0};          // of a live runner whose input ends after this line
  std::vector<FakeTest> tests;   // of a batch: run one after another, then `duration` passes before the end
};

/// What the engine asks of a pool, its clones and their processes.
enum class PoolCall { obtain, execute, next, checkpoint, write, pack_layer, close };

/// How such a call fails.
enum class Fault {
  none,
  refused,    // a ContainerError where the call can throw; whatever there was lives on
  clone_dies  // during the call, with all that runs in it
};

class FakeClonePool : public ClonePool {
 public:
  /// Asked for every process; `attempt` is SHARDER_ATTEMPT, `test` SHARDER_TEST (empty for ours).
  using Script = std::function<FakeBehaviour(const ExecuteRequest& request, const std::string& test, int attempt)>;
  /// For a live runner (feed or channels): the behaviour on each line it is fed; `first` in its process.
  using RunnerScript = std::function<FakeBehaviour(const std::string& line, int attempt, bool first)>;
  /// Asked for every obtain(); true makes it fail.
  using ObtainFails = std::function<bool()>;
  /// Asked at every call, before it does anything.
  using Faults = std::function<Fault(PoolCall call)>;
  /// How long a clone takes to start; `nth` counts the worker's clones from 0.
  using StartUp = std::function<Seconds(int worker, int nth)>;

  FakeClonePool(boost::asio::any_io_executor executor, TimeSource& time, Script script);

  void set_start_up(StartUp start_up) { start_up_ = std::move(start_up); }
  void set_obtain_fails(ObtainFails fails) { obtain_fails_ = std::move(fails); }
  void set_faults(Faults faults) { faults_ = std::move(faults); }
  void set_runner_script(RunnerScript script) { runner_script_ = std::move(script); }
  /// How long execute() takes.
  void set_launch(Seconds launch) { launch_ = launch; }
  /// Of each worker's slot; 1 where none is given.
  void set_speeds(std::vector<double> speeds) { speeds_ = std::move(speeds); }

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
  double speed_of(int worker) const;
  Fault fault_at(PoolCall call) const { return faults_ ? faults_(call) : Fault::none; }
  void count(const std::string& test, int change);

  boost::asio::any_io_executor executor_;
  TimeSource& time_;
  Script script_;
  RunnerScript runner_script_;
  ObtainFails obtain_fails_;
  Faults faults_;
  StartUp start_up_;
  Seconds launch_{0};
  std::vector<double> speeds_;
  std::map<int, int> obtained_by_worker_;
  int living_ = 0, obtained_ = 0, running_ = 0, most_running_ = 0;
};

}  // namespace sharder
