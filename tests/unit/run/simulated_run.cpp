#include "tests/unit/run/simulated_run.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace sharder {

FakeBehaviour exits(int code) {
  FakeBehaviour behaviour;
  behaviour.termination.code = code;
  return behaviour;
}

void RecordingConsumer::consume(const Event& event) {
  events.push_back(event);
  recall(event);
  if (after_each) after_each();
}

void RecordingConsumer::recall(const Event& event) {
  if (const auto* listed = std::get_if<TestListed>(&event.payload)) ids_.push_back(listed->test->id);
  if (const auto* attempt = std::get_if<AttemptStarted>(&event.payload))
    begun[ids_.at(attempt->test)] = attempt->attempt;
  if (const auto* attempt = std::get_if<AttemptFinished>(&event.payload))
    attempts[ids_.at(attempt->record.test)].push_back(attempt->record);
  if (const auto* test = std::get_if<TestFinished>(&event.payload)) {
    verdicts[ids_.at(test->test)].push_back(test->verdict);
    notes[ids_.at(test->test)] = test->note;
  }
  if (const auto* lost = std::get_if<CloneLost>(&event.payload)) lost_clones.push_back(lost->reason);
  if (const auto* notice = std::get_if<Notice>(&event.payload)) warnings.push_back(notice->text);
  if (const auto* end = std::get_if<RunFinished>(&event.payload)) finished = *end;
}

SimulatedRun::SimulatedRun() {
  config.project_directory = "/project";
  SuiteConfig suite;
  suite.name = "s";
  suite.directory = "/project";
  suite.framework.name = "mine";
  suite.framework.list = FrameworkCommand{"./t --list", "json", Feed::each, " ", ""};
  suite.framework.run = FrameworkCommand{"./t {id}", "exit", Feed::each, " ", ""};
  config.suites.push_back(suite);
  config.run.timeout = Seconds{1000};
}

void SimulatedRun::add(const std::string& id, Seconds duration) {
  list("{\"id\": \"" + id + "\"}");
  durations_[id] = duration;
}

void SimulatedRun::add_many(int count, Seconds duration) {
  for (int i = 0; i < count; ++i) add("t" + std::to_string(i), duration);
}

std::vector<Outcome> SimulatedRun::outcomes(const std::string& id) {
  std::vector<Outcome> outcomes;
  for (const AttemptRecord& attempt : record.attempts[id]) outcomes.push_back(attempt.outcome);
  return outcomes;
}

FakeBehaviour SimulatedRun::behave(const ExecuteRequest& request, const std::string& test, int attempt) {
  FakeBehaviour behaviour;
  if (test.empty()) {
    const bool listing = request.command.size() > 1 && request.command[1] == "--list";
    if (helper_script && !listing) return helper_script(request.command.front());
    if (request.command.front() == "ask") behaviour.duration = service_start;
    if (listing) behaviour.output = listing_;
    return behaviour;
  }
  const bool several = config.suites[0].framework.run.feed == Feed::batch;
  if (batch_script && several) return batch_script({std::next(request.command.begin()), request.command.end()});
  if (script) behaviour = script(test, attempt);
  if (const auto duration = durations_.find(test); duration != durations_.end() && behaviour.duration == Seconds{0.01})
    behaviour.duration = duration->second;
  return behaviour;
}

void SimulatedRun::run(int workers) {
  VirtualRun run(config, workers, [this](const ExecuteRequest& request, const std::string& test, int attempt) {
    return behave(request, test, attempt);
  });
  run.events().add(record);
  run.pool().set_start_up([this](int, int) { return start_up; });
  run.pool().set_obtain_fails(obtain_fails);
  run.pool().set_faults(faults);
  run.pool().set_runner_script(
      [this](const std::string& line, int attempt, bool) { return runner_script(line, attempt); });
  run.pool().on_change = on_change;
  run.context().project_changed = project_changed;
  run.context().room_for_spares = room_for_spares;
  const TimePoint begun = run.time().now();
  std::vector<std::unique_ptr<Alarm>> alarms;
  for (const auto& [when, action] : actions_)
    alarms.push_back(run.time().at(after(begun, when), [&run, act = action] { act(run.cancellation()); }));

  RunInputs inputs;
  // Tests that run beside this one, in other processes, hold locks of the same names.
  const std::string locks = ::testing::TempDir() + "/sharder-locks-" + std::to_string(::getpid());
  inputs.lock_directory = locks;
  inputs.layers = layers;
  inputs.earlier = earlier;
  inputs.recall = [this](const Event& event) { record.recall(event); };
  VirtualRun::End end = run.run(std::move(inputs));
  std::filesystem::remove_all(locks);
  ASSERT_TRUE(end.ended) << "the run waits for something that never comes";
  result = std::move(end.result);
  most_running = run.pool().most_running();
  clones_obtained = run.pool().obtained();
  clones_left = run.pool().living();
  virtual_duration = end.duration;
}

}  // namespace sharder
