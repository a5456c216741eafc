#include "sharder/history/run_gatherer.hpp"

#include <algorithm>
#include <utility>

#include "sharder/support/errors.hpp"

namespace sharder {

RunGatherer::RunGatherer(RecordedConditions conditions) {
  run_.conditions = std::move(conditions);
}

struct RunGatherer::Apply {
  RunGatherer& gatherer;
  const Event& event;

  Gathered& at(TestIndex index) {
    SHARDER_ASSERT(index < gatherer.tests_.size());
    return gatherer.tests_[index];
  }

  void operator()(const RunStarted& started) {
    RecordedRun& run = gatherer.run_;
    run.run_id = started.run_id;
    run.started = event.time;
    if (run.conditions.project.empty()) run.conditions.project = started.project;
    run.conditions.base = started.base;
    run.conditions.workers = started.workers;
    run.conditions.seed = started.seed;
  }
  void operator()(const TestListed& listed) {
    Gathered& gathered = gatherer.tests_.emplace_back();
    gathered.test.id = listed.test->id;
    gathered.test.test = listed.test;
  }
  void operator()(const AttemptStarted& started) {
    at(started.test).running.push_back({started.attempt, started.worker, gatherer.started_++});
  }
  void operator()(const AttemptFinished& finished) { gatherer.finish_attempt(finished.record); }
  void operator()(const TestFinished& finished) {
    Gathered& gathered = at(finished.test);
    gathered.test.verdict = finished.verdict;
    gathered.test.cause = finished.cause;
    gathered.judged = true;
  }
  void operator()(const RunFinished& finished) {
    gatherer.run_.exit_status = finished.exit_status;
    gatherer.run_.makespan = finished.makespan;
    gatherer.run_.process_startup = finished.process_startup;
  }
  template <typename Other>
  void operator()(const Other&) {}
};

void RunGatherer::consume(const Event& event) {
  std::visit(Apply{*this, event}, event.payload);
}

void RunGatherer::finish_attempt(const AttemptRecord& record) {
  SHARDER_ASSERT(record.test < tests_.size());
  Gathered& gathered = tests_[record.test];
  const auto started = std::find_if(
      gathered.running.begin(), gathered.running.end(),
      [&](const Started& one) { return one.attempt == record.attempt && one.worker == record.worker; });
  RecordedAttempt attempt;
  attempt.attempt = record.attempt;
  attempt.worker = record.worker;
  attempt.outcome = record.outcome;
  attempt.duration = record.duration;
  attempt.usage = record.usage;
  if (started == gathered.running.end()) {
    attempt.position = started_++;
  } else {
    attempt.position = started->position;
    gathered.running.erase(started);
  }
  gathered.test.attempts.push_back(attempt);
}

RecordedRun RunGatherer::take() {
  for (Gathered& gathered : tests_) {
    if (!gathered.judged) continue;
    std::sort(gathered.test.attempts.begin(), gathered.test.attempts.end(),
              [](const RecordedAttempt& one, const RecordedAttempt& other) {
                return one.position < other.position;
              });
    run_.tests.push_back(std::move(gathered.test));
  }
  tests_.clear();
  return std::move(run_);
}

}  // namespace sharder
