// A whole run on virtual time and fake clones: listing, workers, reruns, verdicts, events. No LXC, no real clock.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sharder/run/run.hpp"
#include "sharder/simulate/virtual_run.hpp"

namespace sharder {

/// A process that ends with this status.
FakeBehaviour exits(int code);

/// Keeps the stream for the test to look at.
class RecordingConsumer : public EventConsumer {
 public:
  void consume(const Event& event) override;
  /// Of an earlier part of the run: counts like what comes, but is no part of `events`.
  void recall(const Event& event);

  std::vector<Event> events;
  std::map<std::string, int> begun;  // by test id, its last attempt so far
  std::map<std::string, std::vector<AttemptRecord>> attempts;  // by test id
  std::map<std::string, std::vector<Verdict>> verdicts;
  std::map<std::string, std::string> notes;
  std::vector<std::string> lost_clones, warnings;
  RunFinished finished;
  std::function<void()> after_each;  // called when an event has been noted

 private:
  std::vector<std::string> ids_;
};

class SimulatedRun {
 public:
  SimulatedRun();

  /// Adds a test to the list; `line` is one JSON object of the list format "json".
  void list(const std::string& line) { listing_ += line + "\n"; }
  /// A plain test that takes `duration` and passes, unless the script says otherwise.
  void add(const std::string& id, Seconds duration = Seconds{1});
  void add_many(int count, Seconds duration = Seconds{1});

  /// Runs it with so many workers; the result stays in `result` and `record`.
  void run(int workers);

  /// Decides what a test's process does; called with its id and attempt.
  std::function<FakeBehaviour(const std::string& test, int attempt)> script;
  /// Called at virtual times during the run.
  void at(Seconds when, std::function<void(Cancellation&)> action) { actions_.emplace_back(when, std::move(action)); }

  std::vector<Verdict> verdict(const std::string& id) { return record.verdicts[id]; }
  std::vector<Outcome> outcomes(const std::string& id);

  Config config;
  RecordingConsumer record;
  RunResult result;
  std::function<bool()> project_changed;
  std::function<bool()> obtain_fails;
  std::function<void(const std::string& test, int change)> on_change;
  /// The same for each line that a live runner is fed.
  std::function<FakeBehaviour(const std::string& line, int attempt)> runner_script;
  /// The same for a process with several tests; without it, what the script says of the first one.
  std::function<FakeBehaviour(const std::vector<std::string>& tests)> batch_script;
  /// What a command of `setup`, `start` or `ready` does; without it, it succeeds at once.
  std::function<FakeBehaviour(const std::string& program)> helper_script;
  FakeClonePool::Faults faults;
  LayerPaths layers;                  // of `setup`
  std::optional<EarlierRun> earlier;  // what the run goes on with
  Seconds start_up{0.01};       // of a clone
  Seconds service_start{0.01};  // what the `ready` command "ask" takes
  bool room_for_spares = true;
  int most_running = 0, clones_obtained = 0, clones_left = 0;
  Seconds virtual_duration{0};

 private:
  FakeBehaviour behave(const ExecuteRequest& request, const std::string& test, int attempt);

  std::string listing_;
  std::map<std::string, Seconds> durations_;
  std::vector<std::pair<Seconds, std::function<void(Cancellation&)>>> actions_;
};

}  // namespace sharder
