#include "sharder/run/worker.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sharder {

namespace {

/// As many as a test's losses may be. A clone that dies before the test began counts, too.
constexpr int owed_rounds = 3;

int unfinished(const Counts& counts) {
  return counts.selected - counts.passed - counts.failed - counts.flaky - counts.skipped - counts.lost - counts.not_run;
}

}  // namespace

Worker::Worker(RunContext& context, int number, WarmClones& clones)
    : context_(context), number_(number), clones_(clones) {}

bool Worker::one_by_one() const {
  const Freshness fresh = context_.config.clones.fresh;
  return fresh == Freshness::test || fresh == Freshness::clone;
}

bool Worker::use_cells() const {
  const ClonesConfig& clones = context_.config.clones;
  switch (clones.fresh) {
    case Freshness::test:
    case Freshness::batch: return true;
    case Freshness::worker:
    case Freshness::clone: return false;
    case Freshness::automatic: break;
  }
  // Between a test in a cell and a service outside, files and locks are not shared: cells are the default only
  // where no services run, or where `share` names what both use.
  return !context_.has_services() || !clones.share.empty();
}

boost::asio::awaitable<void> Worker::prepare(const std::map<std::string, Framework>& frameworks) {
  main_ = co_await clones_.take(number_);
  for (const auto& [suite, framework] : frameworks) {
    if (!worth_an_early_start(framework)) continue;
    const ProcessSettings settings{.worker = number_, .cell = use_cells()};
    std::unique_ptr<TestProcess>& runner = runners_[suite];
    runner = std::make_unique<TestProcess>(context_, framework, *main_.clone, settings);
    try {
      co_await runner->start_early();
    } catch (const ContainerError&) {
      // The clone is gone already; it is replaced when there is something to run.
      runners_.clear();
    }
    // One is enough to keep the cores busy while the tests are listed.
    break;
  }
}

/// A runner of ours takes as long to start as the listing takes, and needs no test for it. Not where only some tests
/// are asked for: then most workers would start one for nothing.
bool Worker::worth_an_early_start(const Framework& framework) const {
  const SelectionConfig& selection = context_.config.selection;
  const bool all_tests = selection.patterns.empty() && !selection.load_list && !selection.failed;
  const bool ours = !framework.suite().framework.adapter.empty() && framework.feed() == Feed::standard_input;
  return all_tests && ours && !one_by_one();
}

boost::asio::awaitable<void> Worker::ensure(PreparedClone& prepared) {
  if (prepared && prepared.clone->gone()) {
    context_.events.publish(CloneLost{number_, prepared.clone->name(), prepared.clone->why_gone()});
    prepared = PreparedClone{};
  }
  if (!prepared) prepared = co_await clones_.take(number_);
}

boost::asio::awaitable<void> Worker::retire(PreparedClone& prepared) {
  // The main clone's tests in cells have been collected from already; all others ran in their clone itself.
  const bool collected = &prepared == &main_ && use_cells();
  if (prepared && !prepared.clone->gone() && !collected && !context_.cancellation.cancelled())
    co_await collect_artifacts(context_, *prepared.clone, number_);
  discard(prepared);
}

boost::asio::awaitable<void> Worker::ensure_main() {
  // Live runners went with the clone that they ran in. What they held back has its outcome all the same.
  if (main_ && main_.clone->gone()) co_await settle();
  co_await ensure(main_);
}

void Worker::discard(PreparedClone& prepared) {
  if (!prepared) return;
  const std::string name = prepared.clone->name();
  prepared = PreparedClone{};
  context_.events.publish(CloneDiscarded{number_, name});
}

boost::asio::awaitable<void> Worker::work(Dispatcher& dispatcher) {
  for (auto& [suite, runner] : runners_) runner->attach(dispatcher);
  clones_.worker_begins([&dispatcher] { return unfinished(dispatcher.counts()); });
  for (;;) {
    const std::uint64_t version = dispatcher.version();
    std::optional<Assignment> assignment = dispatcher.try_next(number_);
    if (assignment) {
      co_await carry_out(dispatcher, std::move(*assignment));
      continue;
    }
    // Idle: a live runner may hold back the verdict of its last test until it has torn down.
    co_await settle();
    if (dispatcher.over()) break;
    if (version == dispatcher.version()) co_await dispatcher.changed();
  }
  clones_.end_supply();
  co_await clean_up_fixtures(dispatcher, tied_);
  co_await retire(tied_);
  co_await retire(main_);
}

boost::asio::awaitable<void> Worker::carry_out(Dispatcher& dispatcher, Assignment assignment) {
  const Assignment copy = assignment;
  std::exception_ptr fatal;
  std::string why;
  try {
    co_await run(dispatcher, std::move(assignment));
  } catch (const Stopped&) {
    // The run was cancelled while a clone was starting: what was to run in it has no verdict, and all is over.
  } catch (const Error& error) {
    fatal = std::current_exception();
    why = error.what();
  }
  if (!fatal) {
    dispatcher.release(copy);
    co_return;
  }
  // Live runners may hold back what their last tests came to, and nobody else knows.
  co_await settle();
  dispatcher.abandon(copy, number_, why);
  std::rethrow_exception(fatal);
}

boost::asio::awaitable<void> Worker::settle() {
  for (auto& [suite, runner] : runners_) {
    // None where the clone died before it started.
    if (runner) co_await runner->close();
  }
  runners_.clear();
}

boost::asio::awaitable<void> Worker::run(Dispatcher& dispatcher, Assignment assignment) {
  const TestIndex first = assignment.tests.front();
  if (assignment.alone || context_.config.clones.fresh == Freshness::clone) {
    co_await run_in_fresh_clone(dispatcher, std::move(assignment));
  } else if (dispatcher.ties().tied(first)) {
    co_await ensure(tied_);
    co_await run_tied(dispatcher, tied_, first);
  } else if (dispatcher.framework_of(first).feed() == Feed::standard_input && !one_by_one()) {
    co_await feed(dispatcher, first);
  } else {
    co_await ensure_main();
    bool trouble = false;
    const ProcessSettings settings{.worker = number_, .cell = use_cells()};
    co_await run_process(dispatcher, main_, std::move(assignment.tests), settings, trouble);
    co_await check_services(trouble);
  }
}

boost::asio::awaitable<PreparedClone> Worker::fresh_clone() {
  // With a clone for every test, the one that was made first serves as one of them, unless the listing ran in it.
  if (context_.config.clones.fresh == Freshness::clone && main_) {
    if (!used_ && !main_.clone->gone()) co_return std::move(main_);
    co_await retire(main_);
  }
  PreparedClone fresh = co_await clones_.take(number_);
  co_return fresh;
}

boost::asio::awaitable<void> Worker::run_in_fresh_clone(Dispatcher& dispatcher, Assignment assignment) {
  PreparedClone fresh = co_await fresh_clone();
  const TestIndex first = assignment.tests.front();
  if (dispatcher.ties().tied(first)) {
    co_await run_tied(dispatcher, fresh, first);
    co_await clean_up_fixtures(dispatcher, fresh);
  } else {
    bool trouble = false;
    const ProcessSettings settings{.worker = number_};
    co_await run_process(dispatcher, fresh, std::move(assignment.tests), settings, trouble);
  }
  if (fresh.clone->gone()) context_.events.publish(CloneLost{number_, fresh.clone->name(), fresh.clone->why_gone()});
  co_await retire(fresh);
}

boost::asio::awaitable<void> Worker::run_process(Dispatcher& dispatcher, PreparedClone& prepared, Tests tests,
                                                 ProcessSettings settings, bool& trouble) {
  const Framework& framework = dispatcher.framework_of(tests.front());
  TestProcess process(context_, framework, *prepared.clone, settings);
  Tests left = tests;
  try {
    co_await process.start(dispatcher, tests);
    if (framework.feed() == Feed::standard_input) {
      const bool taken_up = co_await process.feed(tests.front());
      co_await process.close();
      if (taken_up) left.clear();
    } else {
      left = co_await process.run();
    }
  } catch (const ContainerError&) {
    // The clone died before the process ran: its tests come again, and ensure() tells of the loss.
  }
  trouble = process.trouble();
  if (settings.recorded && !context_.cancellation.cancelled()) dispatcher.give_back(left, process.last_words());
}

boost::asio::awaitable<void> Worker::feed(Dispatcher& dispatcher, TestIndex test) {
  co_await ensure_main();
  const Framework& framework = dispatcher.framework_of(test);
  std::unique_ptr<TestProcess>& runner = runners_[framework.suite().name];
  bool taken_up = false, trouble = false;
  try {
    if (!runner || !runner->alive()) {
      const ProcessSettings settings{.worker = number_, .cell = use_cells()};
      runner = std::make_unique<TestProcess>(context_, framework, *main_.clone, settings);
      Tests first{test};
      co_await runner->start(dispatcher, std::move(first));
    }
    taken_up = co_await runner->feed(test);
    trouble = runner->trouble();
  } catch (const ContainerError&) {
    runner.reset();
  }
  if (!taken_up && !context_.cancellation.cancelled()) dispatcher.give_back({test}, runner ? runner->last_words() : "");
  co_await check_services(trouble);
}

boost::asio::awaitable<void> Worker::check_services(bool trouble) {
  // A test that failed or left something behind may have taken a service with it; the tests after it must not pay.
  if (!trouble || !context_.has_services() || context_.cancellation.cancelled()) co_return;
  if (!main_ || main_.clone->gone()) co_return;
  const bool well = co_await services_answer(context_, *main_.clone);
  if (well) co_return;
  co_await settle();
  context_.events.publish(CloneLost{number_, main_.clone->name(), "its services do not answer any more"});
  discard(main_);
}

boost::asio::awaitable<Outcome> Worker::run_one(Dispatcher& dispatcher, PreparedClone& prepared, TestIndex test,
                                                bool recorded) {
  const Framework& framework = dispatcher.framework_of(test);
  const ProcessSettings settings{.worker = number_, .recorded = recorded};
  TestProcess process(context_, framework, *prepared.clone, settings);
  Tests left{test};
  Tests tests = left;
  try {
    co_await process.start(dispatcher, std::move(tests));
    left = co_await process.run();
  } catch (const ContainerError&) {
  }
  if (recorded && !context_.cancellation.cancelled()) dispatcher.give_back(left, process.last_words());
  const Outcome outcome = left.empty() ? process.last_outcome() : Outcome::lost;
  if (outcome != Outcome::lost) prepared.done.insert(test);
  if (dispatcher.ties().role(test) == FixtureRole::setup) prepared.fixture_outcomes[test] = outcome;
  co_return outcome;
}

boost::asio::awaitable<void> Worker::run_tied(Dispatcher& dispatcher, PreparedClone& prepared, TestIndex test) {
  const Ties& ties = dispatcher.ties();
  bool lost_before = false;
  for (const TestIndex before : ties.prelude(test, prepared.done)) {
    const bool fixture = ties.role(before) == FixtureRole::setup;
    const Outcome outcome = co_await run_one(dispatcher, prepared, before, fixture);
    lost_before = outcome == Outcome::lost || prepared.clone->gone();
    if (lost_before) break;
  }
  for (const TestIndex setup : ties.setups(test)) {
    const auto found = prepared.fixture_outcomes.find(setup);
    if (found == prepared.fixture_outcomes.end() || is_pass(found->second)) continue;
    AttemptRecord record;
    record.test = test;
    record.worker = number_;
    record.clone = prepared.clone->name();
    record.attempt = dispatcher.begin_attempt(test, number_, record.clone);
    const bool lost = found->second == Outcome::lost || prepared.clone->gone();
    record.outcome = lost ? Outcome::lost : Outcome::failed;
    record.message = fmt::format("not run: its fixture's set-up test \"{}\" {}", dispatcher.tests()[setup].name,
                                 to_string(found->second));
    dispatcher.end_attempt(std::move(record));
    co_return;
  }
  if (!lost_before) {
    (void)co_await run_one(dispatcher, prepared, test, true);
  } else if (!context_.cancellation.cancelled()) {
    dispatcher.give_back({test}, "");
  }
}

boost::asio::awaitable<void> Worker::clean_up_fixtures(Dispatcher& dispatcher, PreparedClone& prepared) {
  if (!prepared || prepared.clone->gone() || context_.cancellation.cancelled()) co_return;
  for (const TestIndex test : dispatcher.ties().cleanups(prepared.done)) {
    co_await run_tied(dispatcher, prepared, test);
    if (prepared.clone->gone()) break;
  }
}

boost::asio::awaitable<void> Worker::run_owed_fixtures(Dispatcher& dispatcher) {
  for (int round = 0; round < owed_rounds; ++round) {
    const std::vector<TestIndex> owed = dispatcher.owed_fixtures();
    if (owed.empty() || context_.cancellation.draining()) co_return;
    PreparedClone fresh = co_await clones_.take(number_);
    for (const TestIndex test : owed) {
      if (fresh.clone->gone() || context_.cancellation.cancelled()) break;
      if (fresh.done.count(test) == 0) co_await run_tied(dispatcher, fresh, test);
    }
    if (fresh.clone->gone()) context_.events.publish(CloneLost{number_, fresh.clone->name(), fresh.clone->why_gone()});
    co_await retire(fresh);
  }
}

}  // namespace sharder
