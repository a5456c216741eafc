#include "sharder/run/test_process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "sharder/plan/order.hpp"
#include "sharder/run/helper_command.hpp"
#include "sharder/run/test_environment.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

// After SIGTERM a process has this long to print where it stands; after SIGKILL the clone this long to say so.
constexpr Seconds terminate_grace{2};
// Longer than a clone takes to be given up: then it is the clone that is lost.
constexpr Seconds kill_grace{15};
constexpr Seconds start_patience{60};
constexpr std::size_t last_words_limit = 2000;

}  // namespace

TestProcess::TestProcess(RunContext& context, const Framework& framework, Clone& clone, ProcessSettings settings)
    : context_(context), framework_(framework), clone_(clone), settings_(settings) {}

ExecuteRequest TestProcess::request(const Launch& launch, const Test& test, int attempt) const {
  ExecuteRequest request;
  request.command = launch.command;
  request.directory = launch.directory;
  request.user = context_.user;
  request.cell = settings_.cell;
  request.share = context_.config.clones.share;
  request.share_run = context_.has_services();
  request.merge_output = !launch.separate_error_output;
  request.feed = launch.feeds_standard_input;
  request.channels = launch.channels;
  request.result_file = launch.result_file;
  // Without cells everything stays until the clone's end, and is collected once, then.
  if (settings_.cell) request.collect = context_.config.clones.collect;
  for (const Launch::File& file : launch.files) request.files.push_back({file.name, file.content, 0644});

  Variables variables = suite_environment(framework_.suite(), context_.user, context_.environment);
  variables.reserve(variables.size() + launch.environment.size() + 6);
  variables.insert(variables.end(), launch.environment.begin(), launch.environment.end());
  variables.emplace_back("SHARDER_RUN_ID", context_.run_id);
  variables.emplace_back("SHARDER_WORKER", std::to_string(settings_.worker));
  variables.emplace_back("SHARDER_WORKER_COUNT", std::to_string(context_.workers()));
  variables.emplace_back("SHARDER_ATTEMPT", std::to_string(attempt));
  variables.emplace_back("SHARDER_TEST", test.id);
  variables.emplace_back("SHARDER_SEED", std::to_string(attempt_seed(context_.seed, test.id, attempt)));
  request.environment = flatten(variables);
  return request;
}

boost::asio::awaitable<void> TestProcess::start(Dispatcher& dispatcher, std::vector<TestIndex> tests) {
  attach(dispatcher);
  std::vector<const Test*> pointers;
  for (const TestIndex test : tests) pointers.push_back(&dispatcher_->tests()[test]);
  co_await launch(std::move(pointers), dispatcher_->next_attempt(tests.front()));
  if (live_) co_return;
  for (const TestIndex test : tests) expect(test);
  // A process for one test is that test, whether it tells of its beginning or not.
  if (tests.size() == 1) begin(tests.front(), false);
}

boost::asio::awaitable<void> TestProcess::start_early() {
  // How long it waits for its first test is nobody's start-up.
  startup_measured_ = true;
  static const Test nobody;
  std::vector<const Test*> none_yet{&nobody};
  co_await launch(std::move(none_yet), 1);
}

boost::asio::awaitable<void> TestProcess::launch(std::vector<const Test*> tests, int attempt) {
  live_ = framework_.feed() == Feed::standard_input;
  const Launch launch = framework_.run_launch(tests, fmt::format("{}-{}", settings_.worker, attempt));
  parser_ = framework_.result_parser(tests);
  results_on_output_ = !launch.channels && launch.result_file.empty();
  results_only_output_ = launch.separate_error_output;
  ExecuteRequest execute = request(launch, *tests.front(), attempt);
  begun_ = boundary_ = context_.time.now();
  execution_ = co_await clone_.execute(std::move(execute));
  tracked_ = std::make_unique<Cancellation::Tracked>(context_.cancellation, *execution_);
}

void TestProcess::expect(TestIndex test) {
  expected_.emplace(dispatcher_->tests()[test].name, test);
  expected_at_start_ = expected_.size();
}

Seconds TestProcess::timeout_of(TestIndex test) const {
  const RunConfig& run = context_.config.run;
  return dispatcher_->tests()[test].timeout.value_or(run.timeout) * run.timeout_factor;
}

TimePoint TestProcess::deadline() const {
  if (kill_ != Kill::none) return kill_deadline_;
  if (current_) return after(current_->begun, timeout_of(current_->test));
  // When the last test has ended, what is torn down after it may take as long as a test of its own.
  if (expected_.empty()) return after(boundary_, context_.config.run.timeout * context_.config.run.timeout_factor);
  Seconds rest{0};
  for (const auto& [name, test] : expected_) rest += timeout_of(test);
  // A time limit is a test's; what its process needs to start, on a busy machine, is not part of it.
  return after(boundary_, heard_ ? rest : std::max(rest, start_patience));
}

boost::asio::awaitable<void> TestProcess::step() {
  std::optional<ExecutionEvent> event = co_await execution_->next(deadline());
  if (event) handle(*event);
  else overdue();
}

boost::asio::awaitable<std::vector<TestIndex>> TestProcess::run() {
  while (!over_) co_await step();
  std::vector<TestIndex> left;
  for (const auto& [name, test] : expected_) left.push_back(test);
  co_return left;
}

boost::asio::awaitable<bool> TestProcess::feed(TestIndex test) {
  SHARDER_ASSERT(alive() && !current_);
  expect(test);
  trouble_ = false;
  const Test& fed = dispatcher_->tests()[test];
  const int attempt = dispatcher_->next_attempt(test);
  execution_->write(framework_.feed_line(fed, attempt, attempt_seed(context_.seed, fed.id, attempt)));
  // The attempt begins when the runner takes the test up; until then the previous one may still be torn down.
  boundary_ = context_.time.now();
  while (!over_ && !expected_.empty()) co_await step();
  if (over_) {
    const bool taken_up = expected_.empty();
    expected_.clear();
    co_return taken_up;
  }
  const Checkpoint checkpoint = co_await execution_->checkpoint();
  if (held_ && held_->test == test) {
    held_->usage = checkpoint.usage;
    charge_leaks(checkpoint.leaks);
    if (is_failure(held_->outcome)) flush();
  }
  co_return true;
}

boost::asio::awaitable<void> TestProcess::close() {
  if (alive()) {
    execution_->close_input();
    boundary_ = context_.time.now();
    while (!over_) co_await step();
  }
  flush();
}

void TestProcess::overdue() {
  const TimePoint now = context_.time.now();
  switch (kill_) {
    case Kill::none:
      execution_->kill(SIGTERM);
      kill_ = Kill::terminated;
      kill_deadline_ = after(now, terminate_grace);
      break;
    case Kill::terminated:
      execution_->kill(SIGKILL);
      kill_ = Kill::killed;
      kill_deadline_ = after(now, kill_grace);
      break;
    case Kill::killed:
    case Kill::given_up:
      kill_ = Kill::given_up;
      gone("it does not answer");
      break;
  }
}

void TestProcess::handle(const ExecutionEvent& event) {
  if (const auto* output = std::get_if<OutputBytes>(&event)) {
    // Where standard output carries nothing but results, only the error output is for people.
    if (current_ && (output->error_stream || !results_only_output_)) {
      current_->output.append(output->bytes);
      if (settings_.recorded) dispatcher_->output(current_->test, current_->attempt, settings_.worker, output->bytes);
    }
    if (!current_) {
      last_words_ += output->bytes;
      if (last_words_.size() > last_words_limit) last_words_.erase(0, last_words_.size() - last_words_limit);
    }
    if (output->error_stream) parser_->consume_error_output(output->bytes);
    if (!output->error_stream && results_on_output_)
      for (const ResultEvent& result : parser_->consume(output->bytes)) handle(result);
  } else if (const auto* bytes = std::get_if<ResultBytes>(&event)) {
    for (const ResultEvent& result : parser_->consume(bytes->bytes)) handle(result);
  } else if (const auto* file = std::get_if<Collected>(&event)) {
    keep(*file);
  } else if (const auto* end = std::get_if<Ended>(&event)) {
    ended(*end);
  } else if (const auto* lost = std::get_if<CloneGone>(&event)) {
    gone(lost->reason);
  }
}

void TestProcess::keep(const Collected& file) {
  if (context_.artifacts == nullptr) return;
  if (artifacts_directory_.empty()) artifacts_directory_ = context_.artifacts->next_directory(settings_.worker);
  const std::string trouble = context_.artifacts->keep(artifacts_directory_, file);
  if (!trouble.empty()) context_.events.warn(trouble);
}

void TestProcess::handle(const ResultEvent& event) {
  if (event.late) {
    // A shared tear-down failed after its test had passed: it still tells against that test.
    if (held_ && dispatcher_->tests()[held_->test].name == event.name && !is_failure(held_->outcome)) {
      held_->outcome = last_outcome_ = Outcome::failed;
      held_->message = event.message;
      held_->details = event.details;
      trouble_ = failed_any_ = true;
    }
    return;
  }
  const auto expected = expected_.find(event.name);
  if (expected == expected_.end()) return;
  const TestIndex test = expected->second;
  if (event.kind == ResultEvent::Kind::output) {
    if (current_ && current_->test == test) current_->output.append(event.details);
    return;
  }
  const bool started = event.kind == ResultEvent::Kind::started;
  if (!current_ || current_->test != test) begin(test, started);
  else if (started && !current_->told && framework_.feed() == Feed::batch) taken_up(test);
  current_->told = true;
  if (event.kind == ResultEvent::Kind::finished) end(event.outcome, event.message, event.details, event.cases);
}

void TestProcess::begin(TestIndex test, bool told) {
  flush();
  heard_ = true;
  int attempt = 1;
  if (settings_.recorded) attempt = dispatcher_->begin_attempt(test, settings_.worker, clone_.name());
  // Formats that tell only of ends: the test began when the one before it ended.
  current_.emplace(Current{test, attempt, boundary_, BoundedOutput(context_.config.run.output_bytes), told});
  if (told) taken_up(test);
}

void TestProcess::taken_up(TestIndex test) {
  current_->begun = context_.time.now();
  if (startup_measured_ || !settings_.recorded) return;
  dispatcher_->measured_startup(test, current_->begun - begun_);
  startup_measured_ = true;
}

void TestProcess::end(Outcome outcome, std::string message, std::string details, std::vector<Case> cases) {
  const TimePoint now = context_.time.now();
  if (kill_ != Kill::none && outcome != Outcome::lost) {
    outcome = Outcome::timed_out;
    message = "exceeded its time limit of " + format_duration(timeout_of(current_->test));
  }
  AttemptRecord record;
  record.test = current_->test;
  record.attempt = current_->attempt;
  record.worker = settings_.worker;
  record.clone = clone_.name();
  record.outcome = last_outcome_ = outcome;
  record.message = std::move(message);
  record.details = std::move(details);
  record.cases = std::move(cases);
  record.duration = now - current_->begun;
  record.output = current_->output.text();
  if (is_failure(outcome)) trouble_ = failed_any_ = true;
  expected_.erase(dispatcher_->tests()[record.test].name);
  boundary_ = now;
  current_.reset();
  held_ = std::move(record);
}

void TestProcess::flush() {
  if (!held_) return;
  if (settings_.recorded) dispatcher_->end_attempt(std::move(*held_));
  held_.reset();
}

void TestProcess::ended(const Ended& ended) {
  over_ = true;
  tracked_.reset();
  const Termination& termination = ended.termination;
  const bool cancelled = context_.cancellation.cancelled();
  if (!cancelled) {
    std::optional<int> status;
    if (termination.kind == Termination::Kind::exited) status = termination.code;
    if (termination.kind != Termination::Kind::not_started)
      for (const ResultEvent& result : parser_->finish(status)) handle(result);
    if (current_) end_unfinished(ended);
  }
  current_.reset();
  if (held_) judge_exit(ended);
  flush();
}

void TestProcess::end_unfinished(const Ended& ended) {
  const Termination& termination = ended.termination;
  if (termination.kind == Termination::Kind::not_started) return end(Outcome::failed, termination.message);
  if (termination.kind == Termination::Kind::signalled) {
    const bool starved = ended.usage.out_of_memory && termination.code == SIGKILL;
    return end(Outcome::crashed, describe(termination) + (starved ? " (out of memory)" : ""));
  }
  if (current_->told)
    return end(Outcome::crashed,
               fmt::format("the process ended in the middle of the test, with {}", describe(termination)));
  // A test that does away with its result must not pass for a loss, and be run again as one. But a runner of several
  // may have passed over an id that it does not know.
  if (termination.code != 0 || framework_.feed() == Feed::each)
    return end(Outcome::crashed, fmt::format("no result, and {}", describe(termination)));
  end(Outcome::lost, "the runner ended without telling a result");
}

void TestProcess::judge_exit(const Ended& ended) {
  const bool single = expected_at_start_ == 1 && !live_;
  if (single) {
    held_->usage = ended.usage;
    if (framework_.feed() == Feed::each) held_->duration = ended.duration;
  }
  held_->wrote = ended.wrote;
  const bool clean = ended.termination.kind == Termination::Kind::exited && ended.termination.code == 0;
  if (!clean && !failed_any_ && framework_.feed() == Feed::batch && expected_.empty() && is_pass(held_->outcome)) {
    // A sanitizer's report at exit, a crash in a destructor: it belongs to some test of this process. The rerun
    // of the last one, alone, tells whether it was that one.
    held_->outcome = last_outcome_ = Outcome::crashed;
    held_->message = fmt::format("every test passed, but the process ended with {}", describe(ended.termination));
    trouble_ = true;
  }
  charge_leaks(ended.leaks);
}

void TestProcess::charge_leaks(const std::vector<Leak>& leaks) {
  if (leaks.empty()) return;
  trouble_ = true;
  held_->leaks.insert(held_->leaks.end(), leaks.begin(), leaks.end());
  if (!context_.config.run.leaks_fail || !is_pass(held_->outcome)) return;
  held_->outcome = last_outcome_ = Outcome::leaked;
  held_->message = "left processes behind";
}

void TestProcess::gone(const std::string& reason) {
  over_ = true;
  tracked_.reset();
  if (current_ && !context_.cancellation.cancelled()) end(Outcome::lost, "the clone was lost: " + reason);
  current_.reset();
  flush();
}

}  // namespace sharder
