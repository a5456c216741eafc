#include "sharder/simulate/prediction.hpp"

#include "sharder/run/notifier.hpp"
#include "sharder/simulate/simulated_suites.hpp"
#include "sharder/simulate/virtual_run.hpp"

namespace sharder {
namespace {

/// Adds up what the run tells.
class Tally : public EventConsumer {
 public:
  explicit Tally(std::size_t workers) { prediction_.worker_busy.resize(workers); }

  void consume(const Event& event) override {
    if (std::holds_alternative<TestListed>(event.payload)) prediction_.startup = event.elapsed;
    if (const auto* attempt = std::get_if<AttemptFinished>(&event.payload))
      prediction_.worker_busy[static_cast<std::size_t>(attempt->record.worker)] += attempt->record.duration;
    if (const auto* end = std::get_if<RunFinished>(&event.payload)) prediction_.finished = *end;
  }
  Prediction take() { return std::move(prediction_); }

 private:
  Prediction prediction_;
};

/// `startups` of the workers' first clones, `startup` for the rest.
FakeClonePool::StartUp start_up_of(const SimulationSettings& settings) {
  return [&settings](int worker, int nth) {
    const auto slot = static_cast<std::size_t>(worker);
    return nth == 0 && slot < settings.startups.size() ? settings.startups[slot] : settings.startup;
  };
}

boost::asio::awaitable<std::vector<SuiteTests>> list(RunContext& context, const SimulatedSuites& suites, Seconds span) {
  Notifier over(context.executor);
  const std::unique_ptr<Alarm> alarm = context.time.at(after(context.time.now(), span), [&over] { over.notify(); });
  co_await over.wait();
  co_return suites.listing();
}

}  // namespace

Prediction simulate(std::vector<SimulatedTest> tests, const SimulationSettings& settings, EventConsumer* watcher) {
  const SimulatedSuites suites(std::move(tests), settings);
  const std::size_t workers = settings.worker_speeds.size();
  VirtualRun run(suites.config(), static_cast<int>(workers),
                 [&suites](const ExecuteRequest& request, const std::string& test, int attempt) {
                   return suites.process(request, test, attempt);
                 });
  run.pool().set_runner_script([&suites](const std::string& line, int, bool first) { return suites.fed(line, first); });
  run.pool().set_start_up(start_up_of(settings));
  run.pool().set_launch(settings.launch);
  run.pool().set_speeds(settings.worker_speeds);
  RunContext& context = run.context();
  context.seed = settings.seed;
  context.list = [&] { return list(context, suites, settings.listing); };
  Tally tally(workers);
  run.events().add(tally);
  if (watcher != nullptr) run.events().add(*watcher);
  RunInputs inputs;
  inputs.choice.past = settings.past;
  inputs.started.run_id = context.run_id;
  inputs.started.seed = settings.seed;
  inputs.started.workers = static_cast<int>(workers);
  const VirtualRun::End end = run.run(std::move(inputs));
  SHARDER_ASSERT(end.ended || end.signal != 0);
  Prediction prediction = tally.take();
  prediction.counts = prediction.finished.counts;
  prediction.makespan = prediction.finished.makespan + settings.ending;
  prediction.trouble = end.result.message;
  prediction.signal = end.signal;
  return prediction;
}

}  // namespace sharder
