#include "sharder/run/dispatcher.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sharder/model/counts.hpp"
#include "sharder/model/memory_need.hpp"

namespace sharder {
namespace {

constexpr Seconds other_runs_poll{0.1};
constexpr int returns_limit = 3;

PlanSettings plan_settings(const RunContext& context, std::size_t tests, const Recalled& recalled) {
  const RunConfig& run = context.config.run;
  PlanSettings settings{
      .order = run.order, .seed = context.seed, .workers = context.workers(), .dissolve_locks = run.locks_dissolve};
  for (TestIndex test = 0; test < tests && !recalled.empty(); ++test)
    settings.settled.push_back(recalled.touched(test));
  return settings;
}

}  // namespace

Dispatcher::Dispatcher(RunContext& context, const std::vector<Test>& tests, const Ties& ties,
                       const std::map<std::string, Framework>& frameworks, const Past& past, Queue::Gate gate,
                       std::function<void(const Test&)> ungate, Recalled recalled)
    : context_(context),
      tests_(tests),
      ties_(ties),
      frameworks_(frameworks),
      ungate_(std::move(ungate)),
      plan_(make_plan(tests, ties, estimate_tests(tests, past), plan_settings(context, tests.size(), recalled))),
      queue_(tests, ties, plan_,
             [this, locks = std::move(gate)](const Test& test) {
               return admitted(static_cast<TestIndex>(&test - tests_.data()), locks);
             }),
      retry_{.reruns = context.config.run.reruns},
      attempts_begun_(tests.size(), 0),
      solo_(tests.size(), false),
      returns_(tests.size(), 0),
      outcomes_(tests.size()),
      verdicts_(tests.size()),
      durations_(tests.size(), Seconds{0}),
      startups_(past.process_startup),
      begun_(context.time.now()),
      last_verdict_at_(begun_),
      changed_(context.executor),
      needs_(tests.size(), 0) {
  watch_pressure();
  for (TestIndex test = 0; test < tests.size(); ++test)
    if (const auto known = past.tests.find(tests[test].id); known != past.tests.end())
      needs_[test] = memory_need(known->second);
  counts_.selected = static_cast<int>(tests.size());
  for (TestIndex test = 0; test < tests.size(); ++test)
    if (ties.role(test) == FixtureRole::none && !tests[test].disabled) ++unfinished_;
  if (!recalled.empty()) go_on(std::move(recalled));
  for (TestIndex test = 0; test < tests.size(); ++test)
    if (tests[test].disabled && !verdicts_[test]) finish(test, Verdict::skipped);
}

/// As if the attempts of an earlier part had been made by this one.
void Dispatcher::go_on(Recalled recalled) {
  attempts_begun_ = std::move(recalled.attempts);
  outcomes_ = std::move(recalled.outcomes);
  for (TestIndex test = 0; test < tests_.size(); ++test) {
    if (recalled.verdicts[test]) settle(test, *recalled.verdicts[test]);
    if (outcomes_[test].empty()) continue;
    if (is_rerun(test)) ++tests_with_failure_;
    queue_.mark_ran(test);
  }
  if (failed_too_often()) stop_reruns();
  for (TestIndex test = 0; test < tests_.size(); ++test)
    if (!outcomes_[test].empty() && !verdicts_[test] && ties_.role(test) == FixtureRole::none) decide(test);
}

void Dispatcher::watch_pressure() {
  if (!context_.pressure) return;
  admission_ = std::make_unique<Admission>(
      context_.time, context_.admission, context_.pressure,
      [this](Notice notice) { context_.events.publish(std::move(notice)); }, [this] { wake(); });
}

bool Dispatcher::admitted(TestIndex test, const Queue::Gate& locks) {
  if (admission_ && !admission_->admits(needs_[test])) return false;
  if (locks_taken(tests_[test], context_.config.run.locks_dissolve).empty()) return true;
  const bool taken = locks(tests_[test]);
  blocked_by_other_run_ = blocked_by_other_run_ || !taken;
  return taken;
}

/// Tests that share a process need what the largest of them needs.
std::uint64_t Dispatcher::need_of(const Assignment& assignment) const {
  std::uint64_t need = 0;
  for (const TestIndex test : assignment.tests) need = std::max(need, needs_[test]);
  return need;
}

void Dispatcher::wake() {
  ++version_;
  changed_.notify();
}

void Dispatcher::wait_for_other_runs() {
  blocked_by_other_run_ = false;
  other_runs_alarm_ = context_.time.at(after(context_.time.now(), other_runs_poll), [this] { wake(); });
}

bool Dispatcher::gets_companions(TestIndex test) const {
  const Freshness fresh = context_.config.clones.fresh;
  const bool one_by_one = fresh == Freshness::test || fresh == Freshness::clone;
  return framework_of(test).feed() == Feed::batch && !solo_[test] && !one_by_one && queue_.has_companions(test);
}

BatchLimits Dispatcher::batch_limits(TestIndex test) {
  const LaneStatistics& lane = lanes_[{tests_[test].suite, tests_[test].program}];
  BatchLimits limits;
  limits.count = largest_batch;
  if (lane.tests > 0) limits.unknown = lane.busy / lane.tests;
  const auto usual = startups_.find(tests_[test].suite);
  const bool measured = lane.startup > Seconds{0} || usual == startups_.end();
  limits.target = batch_target({.remaining = queue_.remaining(limits.unknown, context_.time.now() - begun_),
                                .workers = context_.workers(),
                                .startup = measured ? lane.startup : usual->second,
                                .estimated = plan_.estimates[test].known() || lane.tests > 0});
  return limits;
}

bool Dispatcher::is_rerun(TestIndex test) const {
  return std::any_of(outcomes_[test].begin(), outcomes_[test].end(), is_failure);
}

std::optional<Assignment> Dispatcher::try_next(int worker) {
  // At the limit no test is admitted, so the queue need not be asked.
  while (!draining() && (!admission_ || admission_->admits(0))) {
    const std::optional<TestIndex> test = queue_.take(worker, context_.time.now() - begun_);
    if (!test) {
      if (blocked_by_other_run_) wait_for_other_runs();
      return std::nullopt;
    }
    if (is_rerun(*test)) {
      if (!reruns_stopped_) return begun(Assignment{{*test}, true});
      release(begun(Assignment{{*test}, true}));
      finish(*test, Verdict::failed);
      continue;
    }
    Assignment assignment{{*test}, false};
    if (gets_companions(*test)) {
      const std::vector<TestIndex> companions = queue_.take_companions(*test, batch_limits(*test));
      assignment.tests.insert(assignment.tests.end(), companions.begin(), companions.end());
    }
    return begun(std::move(assignment));
  }
  return std::nullopt;
}

Assignment Dispatcher::begun(Assignment assignment) {
  if (admission_) admission_->began(need_of(assignment));
  for (const TestIndex test : assignment.tests) assignment.attempts.push_back(attempts_begun_[test]);
  return assignment;
}

void Dispatcher::abandon(const Assignment& assignment, int worker, const std::string& why) {
  std::vector<TestIndex> untouched;
  for (std::size_t i = 0; i < assignment.tests.size(); ++i)
    if (attempts_begun_[assignment.tests[i]] == assignment.attempts[i]) untouched.push_back(assignment.tests[i]);
  queue_.forget(worker);
  release(assignment);
  give_back(untouched, why);
}

void Dispatcher::release(const Assignment& assignment) {
  const Test& test = tests_[assignment.tests.front()];
  if (admission_) {
    admission_->ended(need_of(assignment));
    if (assignment.alone || context_.config.clones.fresh == Freshness::clone)
      admission_->clone_discarded(need_of(assignment));
  }
  queue_.release(assignment.tests.front());
  if (!locks_taken(test, context_.config.run.locks_dissolve).empty()) ungate_(test);
  wake();
}

void Dispatcher::give_back(const std::vector<TestIndex>& tests, const std::string& last_words) {
  for (const TestIndex test : tests) {
    if (verdicts_[test] || ties_.role(test) != FixtureRole::none) continue;
    solo_[test] = true;
    if (++returns_[test] < returns_limit) {
      queue_.put_back(test);
      continue;
    }
    returns_[test] = 0;
    AttemptRecord record;
    record.test = test;
    record.attempt = begin_attempt(test, 0, "");
    record.outcome = Outcome::lost;
    record.message = "its process ended before it took the test up";
    record.output = last_words;
    end_attempt(std::move(record));
  }
  if (!tests.empty()) wake();
}

int Dispatcher::begin_attempt(TestIndex test, int worker, const std::string& clone) {
  const int attempt = ++attempts_begun_[test];
  context_.events.publish(AttemptStarted{test, attempt, worker, clone});
  return attempt;
}

void Dispatcher::output(TestIndex test, int attempt, int worker, const std::string& bytes) {
  context_.events.publish(AttemptOutput{test, attempt, worker, bytes});
}

void Dispatcher::measured_startup(TestIndex test, Seconds startup) {
  lanes_[{tests_[test].suite, tests_[test].program}].startup = startup;
  auto& [sum, count] = startup_sums_[tests_[test].suite];
  sum += startup;
  ++count;
}

std::map<std::string, Seconds> Dispatcher::process_startup() const {
  std::map<std::string, Seconds> means;
  for (const auto& [suite, measured] : startup_sums_) means[suite] = measured.first / measured.second;
  return means;
}

void Dispatcher::end_attempt(AttemptRecord record) {
  const TestIndex test = record.test;
  SHARDER_ASSERT(!verdicts_[test] || ties_.role(test) != FixtureRole::none, tests_[test].id);
  outcomes_[test].push_back(record.outcome);
  serial_sum_ += record.duration;
  if (ties_.role(test) == FixtureRole::none) durations_[test] += record.duration;
  else fixture_work_.push_back({&tests_[test], record.duration});
  LaneStatistics& lane = lanes_[{tests_[test].suite, tests_[test].program}];
  lane.busy += record.duration;
  ++lane.tests;
  if (is_failure(record.outcome)) count_failure(test);
  if (record.outcome == Outcome::lost) context_.last_loss = context_.time.now();
  context_.events.publish(AttemptFinished{std::move(record)});
  queue_.mark_ran(test);
  if (ties_.role(test) == FixtureRole::none) decide(test);
  wake();
}

void Dispatcher::count_failure(TestIndex test) {
  const auto failures = std::count_if(outcomes_[test].begin(), outcomes_[test].end(), is_failure);
  if (failures != 1) return;
  ++tests_with_failure_;
  if (reruns_stopped_ || !failed_too_often()) return;
  stop_reruns();
  context_.events.warn(
      fmt::format("{} of {} tests have failed, more than rerun_limit allows: failures are not rerun any more",
                  tests_with_failure_, counts_.selected));
}

bool Dispatcher::failed_too_often() const {
  const RunConfig& run = context_.config.run;
  return run.reruns > 0 && too_many_failures(tests_with_failure_, counts_.selected, run.rerun_limit);
}

void Dispatcher::stop_reruns() {
  reruns_stopped_ = true;
  retry_.reruns = 0;
}

void Dispatcher::decide(TestIndex test) {
  const NextStep step = decide_next_step(outcomes_[test], retry_);
  if (step.kind == NextStep::Kind::finish) {
    finish(test, step.verdict);
  } else if (!draining()) {
    solo_[test] = true;
    queue_.put_back(test);
  }
}

void Dispatcher::settle(TestIndex test, Verdict verdict) {
  SHARDER_ASSERT(!verdicts_[test], tests_[test].id);
  verdicts_[test] = verdict;
  if (ties_.role(test) == FixtureRole::none && !tests_[test].disabled) --unfinished_;
  count(counts_, verdict);
}

void Dispatcher::finish(TestIndex test, Verdict verdict) {
  settle(test, verdict);
  last_verdict_at_ = context_.time.now();
  std::string note;
  const bool judged_twice = outcomes_[test].size() > 1 && (verdict == Verdict::flaky || verdict == Verdict::failed);
  if (judged_twice && context_.project_changed && context_.project_changed())
    note = "files of the project changed during the run: the attempts may have seen different versions";
  context_.events.publish(
      TestFinished{test, verdict, std::string(cause_of(verdict, outcomes_[test])), std::move(note)});
  const std::optional<int>& fail_fast = context_.config.run.fail_fast;
  if (fail_fast && counts_.failed >= *fail_fast && !draining()) {
    const std::string why = fmt::format("--fail-fast: {} failed", counts_.failed);
    context_.events.publish(Draining{why});
    context_.cancellation.drain(why);
  }
}

Verdict Dispatcher::verdict_without_more_attempts(TestIndex test) const {
  const std::vector<Outcome>& outcomes = outcomes_[test];
  if (ties_.role(test) != FixtureRole::none) return worst_verdict(outcomes);
  if (is_rerun(test)) return Verdict::failed;
  return outcomes.empty() ? Verdict::not_run : Verdict::lost;
}

std::vector<TestIndex> Dispatcher::owed_fixtures() const {
  std::vector<TestIndex> owed;
  for (const FixtureRole role : {FixtureRole::setup, FixtureRole::cleanup}) {
    for (TestIndex test = 0; test < tests_.size(); ++test) {
      const auto losses = std::count(outcomes_[test].begin(), outcomes_[test].end(), Outcome::lost);
      const bool told = losses < static_cast<std::ptrdiff_t>(outcomes_[test].size());
      if (ties_.role(test) == role && !verdicts_[test] && !told && losses < retry_.loss_limit) owed.push_back(test);
    }
  }
  return owed;
}

std::vector<Work> Dispatcher::work_done() const {
  std::vector<Work> work = fixture_work_;
  for (TestIndex test = 0; test < tests_.size(); ++test)
    if (durations_[test] > Seconds{0}) work.push_back({&tests_[test], durations_[test]});
  return work;
}

LowerBound Dispatcher::bound(Seconds startup, bool dissolve_locks) const {
  return lower_bound(work_done(), {startup, context_.workers(), dissolve_locks});
}

void Dispatcher::conclude() {
  for (TestIndex test = 0; test < tests_.size(); ++test)
    if (!verdicts_[test]) finish(test, verdict_without_more_attempts(test));
  const Counts& c = counts_;
  SHARDER_ASSERT(c.passed + c.failed + c.flaky + c.skipped + c.lost + c.not_run == c.selected, "counts do not add up");
}

}  // namespace sharder
