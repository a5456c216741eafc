#include "sharder/run/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <set>

#include "sharder/config/values.hpp"
#include "sharder/plan/ties.hpp"
#include "sharder/run/choose_tests.hpp"
#include "sharder/run/dispatcher.hpp"
#include "sharder/run/exit_status.hpp"
#include "sharder/run/listing.hpp"
#include "sharder/run/loss_watch.hpp"
#include "sharder/run/machine_locks.hpp"
#include "sharder/run/worker.hpp"

namespace sharder {
namespace {

constexpr int list_tries = 3;

std::map<std::string, Framework> make_frameworks(const Config& config) {
  std::map<std::string, Framework> frameworks;
  const std::vector<std::string>& only = config.selection.suites;
  for (const SuiteConfig& suite : config.suites)
    if (only.empty() || std::find(only.begin(), only.end(), suite.name) != only.end())
      frameworks.emplace(suite.name, Framework(suite));
  return frameworks;
}

std::vector<std::string> layers_for(const std::optional<std::string>& layer) {
  return layer ? std::vector<std::string>{*layer} : std::vector<std::string>{};
}

class Run {
 public:
  Run(RunContext& context, Shutdown& shutdown, RunInputs inputs)
      : context_(context),
        shutdown_(shutdown),
        inputs_(std::move(inputs)),
        frameworks_(make_frameworks(context.config)),
        locks_(inputs_.lock_directory),
        losses_(context),
        changed_(context.executor) {
    for (const auto& [name, framework] : frameworks_) inputs_.started.suites[name] = word_of(framework.feed());
    context_.cancellation.observe([this] {
      changed_.notify();
      if (dispatcher_) dispatcher_->wake();
      if (clones_) clones_->heed_cancellation();
    });
  }
  ~Run() { context_.cancellation.observe({}); }

  boost::asio::awaitable<RunResult> execute();

 private:
  boost::asio::awaitable<void> carry_out();
  void start_workers(const std::vector<std::string>& layers);
  boost::asio::awaitable<void> worker_life(Worker& worker);
  boost::asio::awaitable<Worker*> first_prepared();
  boost::asio::awaitable<std::vector<SuiteTests>> list(Worker& worker);
  boost::asio::awaitable<void> list_and_select();
  /// A run that was killed before its list was complete starts anew.
  bool goes_on() const { return inputs_.earlier && !inputs_.earlier->tests.empty(); }
  void go_on(const EarlierRun& earlier);
  void publish_list();
  void tell_of_earlier_part();
  void make_dispatcher();
  boost::asio::awaitable<void> join_workers();
  boost::asio::awaitable<void> run_owed_fixtures();
  void abort();
  RunResult conclude();
  void refuse(const RunFinished& finished, RunResult& result) const;
  void measure(RunFinished& finished) const;
  std::string why_incomplete(const RunEnd& end) const;

  RunContext& context_;
  Shutdown& shutdown_;
  RunInputs inputs_;
  std::map<std::string, Framework> frameworks_;
  MachineLocks locks_;
  LossWatch losses_;
  Notifier changed_;
  std::unique_ptr<WarmClones> clones_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Worker*> prepared_;
  int living_ = 0;  // workers whose coroutine has not ended
  bool aborted_ = false;
  std::exception_ptr first_error_;
  std::vector<Test> tests_;
  Recalled recalled_;
  std::unique_ptr<Ties> ties_;
  std::unique_ptr<Dispatcher> dispatcher_;
  TimePoint begun_;
  Seconds startup_{0};  // until the first test could start
};

void Run::start_workers(const std::vector<std::string>& layers) {
  clones_ = std::make_unique<WarmClones>(context_, layers);
  for (int number = 0; number < context_.workers(); ++number)
    workers_.push_back(std::make_unique<Worker>(context_, number, *clones_));
  for (const std::unique_ptr<Worker>& worker : workers_) {
    ++living_;
    boost::asio::co_spawn(context_.executor, worker_life(*worker), [this](std::exception_ptr error) {
      --living_;
      if (error && !first_error_) first_error_ = error;
      changed_.notify();
    });
  }
}

boost::asio::awaitable<void> Run::worker_life(Worker& worker) {
  co_await worker.prepare(frameworks_);
  prepared_.push_back(&worker);
  changed_.notify();
  while (!dispatcher_ && !aborted_) co_await changed_.wait();
  if (aborted_) co_return;
  co_await worker.work(*dispatcher_);
}

boost::asio::awaitable<Worker*> Run::first_prepared() {
  while (prepared_.empty() && living_ > 0 && !context_.cancellation.draining()) co_await changed_.wait();
  if (context_.cancellation.draining()) throw PreparationError("stopped before any test ran");
  if (prepared_.empty()) std::rethrow_exception(first_error_);
  co_return prepared_.front();
}

/// A clone that dies while it lists costs a new one, not the run.
boost::asio::awaitable<std::vector<SuiteTests>> Run::list(Worker& worker) {
  for (int attempt = 1;; ++attempt) {
    try {
      std::vector<SuiteTests> listed = co_await list_tests(context_, worker.clone(), frameworks_);
      co_return listed;
    } catch (const Error& error) {
      if (!machine_failed(error, worker.clone()) || attempt == list_tries || context_.cancellation.draining()) throw;
    }
    co_await worker.renew();
  }
}

boost::asio::awaitable<void> Run::list_and_select() {
  Worker* worker = co_await first_prepared();
  for (const std::string& notice : context_.pool.notices()) context_.events.warn(notice);
  std::vector<SuiteTests> listed = co_await list(*worker);
  if (context_.cancellation.draining()) throw PreparationError("stopped before any test ran");
  tests_ = choose_tests(context_, std::move(listed), inputs_.choice);
  if (goes_on()) go_on(*inputs_.earlier);
}

/// The tests are those of the earlier part, in its order, whatever is listed today.
void Run::go_on(const EarlierRun& earlier) {
  ContinuedTests continued = continue_with(std::move(tests_), earlier);
  if (!continued.gone.empty())
    context_.events.warn(fmt::format(
        "{} tests of the run are not listed any more: they keep their verdicts, or get none", continued.gone.size()));
  if (continued.added > 0)
    context_.events.warn(fmt::format("{} tests are new since the run began, and not part of it", continued.added));
  recalled_ = recall(earlier, continued);
  tests_ = std::move(continued.tests);
}

/// Reports that are made anew need what was settled earlier. The verdicts of tests that are gone are given here.
void Run::tell_of_earlier_part() {
  if (!goes_on()) return;
  const auto settled = std::count_if(recalled_.verdicts.begin(), recalled_.verdicts.end(),
                                     [](const auto& verdict) { return verdict.has_value(); });
  context_.events.inform(
      fmt::format("the run goes on: {} of its {} tests have their verdicts", settled, tests_.size()));
  if (inputs_.recall && inputs_.earlier->divided) inputs_.recall(Event{.payload = *inputs_.earlier->divided});
  std::set<TestIndex> judged;
  for (const Event& event : inputs_.earlier->settled) {
    if (inputs_.recall) inputs_.recall(event);
    if (const auto* verdict = std::get_if<TestFinished>(&event.payload)) judged.insert(verdict->test);
  }
  for (TestIndex test = 0; test < tests_.size(); ++test)
    if (recalled_.verdicts[test] && judged.count(test) == 0)
      context_.events.publish(TestFinished{test, *recalled_.verdicts[test], "", "it is not listed any more"});
}

/// A test that the earlier part listed is not listed once more.
void Run::publish_list() {
  const std::size_t known = inputs_.earlier ? inputs_.earlier->tests.size() : 0;
  for (TestIndex test = 0; test < tests_.size(); ++test) {
    TestListed listed{std::make_shared<const Test>(tests_[test])};
    if (test >= known) context_.events.publish(std::move(listed));
    else if (inputs_.recall) inputs_.recall(Event{.payload = std::move(listed)});
  }
}

void Run::make_dispatcher() {
  publish_list();
  tell_of_earlier_part();
  ties_ = std::make_unique<Ties>(tests_);
  if (!ties_->cycle().empty())
    throw ConfigError("tests depend on themselves: " + fmt::format("{}", fmt::join(ties_->cycle(), " <- ")));
  dispatcher_ = std::make_unique<Dispatcher>(
      context_, tests_, *ties_, frameworks_, inputs_.choice.past,
      [this](const Test& test) { return locks_.try_acquire(test); }, [this](const Test& test) { locks_.release(test); },
      std::move(recalled_));
  startup_ = context_.time.now() - begun_;
  shutdown_.allow_drain();
  changed_.notify();
}

boost::asio::awaitable<void> Run::join_workers() {
  while (living_ > 0) co_await changed_.wait();
}

/// The verdicts that there are stand, whether or not a clone can be had.
boost::asio::awaitable<void> Run::run_owed_fixtures() {
  try {
    co_await workers_.front()->run_owed_fixtures(*dispatcher_);
  } catch (const Error&) {
    if (!first_error_) first_error_ = std::current_exception();
  }
}

void Run::abort() {
  aborted_ = true;
  context_.cancellation.cancel("the run cannot go on");
  changed_.notify();
}

boost::asio::awaitable<void> Run::carry_out() {
  begun_ = context_.time.now();
  if (inputs_.earlier) context_.events.go_on(inputs_.earlier->last_sequence, inputs_.earlier->elapsed);
  if (goes_on()) {
    inputs_.started.part = inputs_.earlier->started.part;
    inputs_.started.parts = inputs_.earlier->started.parts;
  }
  context_.events.publish(inputs_.started);
  context_.events.publish(BaseReady{inputs_.started.base, Seconds{0}});
  const std::optional<std::string> layer = co_await make_setup_layer(context_, inputs_.layers);
  const std::vector<std::string> layers = layers_for(layer);
  start_workers(layers);
  co_await list_and_select();
  make_dispatcher();
  co_await join_workers();
  co_await run_owed_fixtures();
}

std::string Run::why_incomplete(const RunEnd& end) const {
  if (end.counts.lost > 0) return fmt::format("{} tests were lost", end.counts.lost);
  if (end.counts.not_run > 0)
    return fmt::format("{} tests were not run: {}", end.counts.not_run, context_.cancellation.why());
  return "";
}

void Run::measure(RunFinished& finished) const {
  finished.serial_sum = dispatcher_->serial_sum();
  finished.makespan = dispatcher_->last_verdict_at() - begun_;
  finished.startup = startup_;
  finished.process_startup = dispatcher_->process_startup();
  const bool dissolved = context_.config.run.locks_dissolve;
  const LowerBound bound = dispatcher_->bound(startup_, dissolved);
  finished.lower_bound = bound.total;
  if (bound.total > Seconds{0}) finished.binding = describe_binding(bound);
  if (dissolved)
    finished.dissolved = std::max(Seconds{0}, dispatcher_->bound(startup_, false).total - finished.makespan);
}

/// What ended a worker decides the run's end only where nobody else ran what it left.
void Run::refuse(const RunFinished& finished, RunResult& result) const {
  bool for_good = false;
  try {
    std::rethrow_exception(first_error_);
  } catch (const Error& error) {
    for_good = dynamic_cast<const UnfitError*>(&error) != nullptr ||
               dynamic_cast<const UsageError*>(&error) != nullptr ||
               dynamic_cast<const ConfigError*>(&error) != nullptr;
    result.message = error.what();
    result.hint = error.hint();
  }
  if (!dispatcher_) result.exit_status = for_good ? exit_status::usage : exit_status::preparation;
  else if (finished.counts.not_run == 0 && finished.counts.lost == 0) result.message.clear();
}

RunResult Run::conclude() {
  RunResult result;
  RunFinished finished;
  const RunEnd stopped{.signal = shutdown_.signal(), .deadline_passed = shutdown_.deadline_passed(), .counts = {}};
  if (dispatcher_) {
    dispatcher_->conclude();
    RunEnd end = stopped;
    end.counts = finished.counts = dispatcher_->counts();
    measure(finished);
    finished.incomplete = why_incomplete(end);
    result.exit_status = exit_status_of(end, context_.config.run.flaky);
    const RunConfig& run = context_.config.run;
    if (end.counts.selected == 0 && stopped.signal == 0 && run.no_tests_fail && run.partitions == 1 &&
        !context_.config.selection.failed) {
      result.exit_status = exit_status::nothing_selected;
      result.message = "no test was selected";
      result.hint = "sharder list shows them all; --no-tests pass allows it";
    }
  }
  if (first_error_) {
    refuse(finished, result);
    if (!dispatcher_ && stopped.signal != 0) result.exit_status = exit_status::signal_base + stopped.signal;
    if (!dispatcher_ && stopped.deadline_passed) result.exit_status = exit_status::incomplete;
    if (!dispatcher_) finished.incomplete = result.message;
  }
  finished.exit_status = result.exit_status;
  if (!dispatcher_) finished.makespan = context_.time.now() - begun_;
  context_.events.publish(finished);
  shutdown_.run_is_over();
  return result;
}

boost::asio::awaitable<RunResult> Run::execute() {
  try {
    co_await carry_out();
  } catch (const Error&) {
    if (!first_error_ || !dispatcher_) first_error_ = std::current_exception();
    dispatcher_.reset();
    abort();
  }
  co_await join_workers();
  workers_.clear();
  RunResult result = conclude();
  dispatcher_.reset();  // it would go on watching the machine, and telling of it behind the run's end
  if (clones_) co_await clones_->close();
  try {
    co_await context_.pool.close();
  } catch (const Error& error) {
    if (result.message.empty()) result.message = error.what();
  }
  co_return result;
}

}  // namespace

boost::asio::awaitable<RunResult> run_tests(RunContext& context, Shutdown& shutdown, RunInputs inputs) {
  Run run(context, shutdown, std::move(inputs));
  RunResult result = co_await run.execute();
  co_return result;
}

boost::asio::awaitable<std::vector<Test>> list_only(RunContext& context, LayerPaths layers, ChoiceInputs choice) {
  const std::map<std::string, Framework> frameworks = make_frameworks(context.config);
  const std::optional<std::string> layer = co_await make_setup_layer(context, std::move(layers));
  std::vector<std::string> images = layers_for(layer);
  const PreparedClone prepared = co_await prepare_clone(context, 0, std::move(images));
  std::vector<SuiteTests> listed = co_await list_tests(context, *prepared.clone, frameworks);
  std::vector<Test> tests = choose_tests(context, std::move(listed), choice);
  co_return tests;
}

}  // namespace sharder
