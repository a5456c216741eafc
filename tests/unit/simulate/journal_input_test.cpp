// A recorded run is understood when its replay takes as long as it did.
#include "sharder/simulate/journal_input.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "sharder/support/errors.hpp"
#include "tests/unit/simulate/recorded_run.hpp"

namespace sharder {
namespace {

SimulationSettings machine(std::size_t workers, Feed feed) {
  SimulationSettings settings;
  settings.worker_speeds.assign(workers, 1.0);
  settings.startup = Seconds{0.3};
  settings.listing = Seconds{0.4};
  settings.launch = Seconds{0.0001};
  for (std::size_t i = 0; i < workers; ++i) settings.startups.push_back(Seconds{0.2 + 0.05 * static_cast<double>(i)});
  settings.suites["s"] = {
      .feed = feed, .process_startup = Seconds{0.6}, .overhead = Seconds{0.003}, .wind_down = Seconds{0.02}};
  return settings;
}

/// As real tests, no two take exactly the same time: which of two workers is free first is told by the record.
std::vector<SimulatedTest> real_tests(int count, Seconds unit) {
  std::vector<SimulatedTest> tests = uneven_tests(count, unit);
  for (std::size_t i = 0; i < tests.size(); ++i)
    tests[i].durations.front() += unit * (0.01 * std::abs(std::sin(static_cast<double>(i))));
  return tests;
}

/// Records a run of `tests` and replays it: both makespans.
void expect_same_makespan(const std::vector<SimulatedTest>& tests, const SimulationSettings& settings,
                          double tolerance) {
  const std::vector<Event> events = record_simulated(tests, settings);
  const double real = std::get<RunFinished>(events.back().payload).makespan.count();
  const SimulationInput input = input_from_journal(events);
  const Prediction replay = simulate(input.tests, input.settings);
  EXPECT_NEAR(replay.makespan.count(), real, real * tolerance);
  EXPECT_EQ(replay.counts, std::get<RunFinished>(events.back().payload).counts);
}

TEST(JournalInput, ReplaysARunOfProcessesExactly) {
  for (const std::size_t workers : {1u, 2u, 8u})
    expect_same_makespan(real_tests(200, Seconds{0.05}), machine(workers, Feed::each), 0.0005);
}

TEST(JournalInput, ReplaysALiveRunner) {
  for (const std::size_t workers : {1u, 2u, 8u})
    expect_same_makespan(real_tests(200, Seconds{0.05}), machine(workers, Feed::standard_input), 0.005);
}

TEST(JournalInput, ReplaysBatches) {
  for (const std::size_t workers : {1u, 2u, 4u})
    expect_same_makespan(real_tests(200, Seconds{0.2}), machine(workers, Feed::batch), 0.05);
}

TEST(JournalInput, ReplaysLocksWithoutTakingTheWaitForCost) {
  std::vector<SimulatedTest> tests = real_tests(120, Seconds{0.05});
  for (std::size_t i = 0; i < tests.size(); i += 4) tests[i].test.locks = {"port"};
  for (std::size_t i = 1; i < tests.size(); i += 30) tests[i].test.exclusive = true;
  const SimulationSettings settings = machine(4, Feed::each);
  expect_same_makespan(tests, settings, 0.005);
  const SimulationInput input = input_from_journal(record_simulated(tests, settings));
  for (const SimulatedTest& one : input.tests)
    for (const Seconds overhead : one.overheads) EXPECT_LT(overhead.count(), 0.004) << one.test.id;
}

TEST(JournalInput, ReplaysRerunsAndLostClones) {
  std::vector<SimulatedTest> tests = real_tests(60, Seconds{0.05});
  tests[5].outcomes = {Outcome::failed, Outcome::passed};
  tests[9].outcomes = {Outcome::failed, Outcome::failed, Outcome::failed, Outcome::failed};
  tests[20].outcomes = {Outcome::lost, Outcome::passed};
  for (const Feed feed : {Feed::each, Feed::standard_input}) expect_same_makespan(tests, machine(3, feed), 0.02);
}

TEST(JournalInput, TakesTheLastPartOfAResumedRun) {
  std::vector<Event> events = record_simulated(uneven_tests(7, Seconds{1}), machine(1, Feed::each));
  events.resize(20);
  const std::vector<Event> again = record_simulated(uneven_tests(7, Seconds{1}), machine(1, Feed::each));
  for (const Event& event : again)
    if (!std::holds_alternative<TestListed>(event.payload)) events.push_back(event);
  const SimulationInput input = input_from_journal(events);
  EXPECT_EQ(input.tests.size(), 7u);
  EXPECT_NEAR(simulate(input.tests, input.settings).makespan.count(), input.makespan.count(), 0.5);
}

TEST(JournalInput, CountsTestsOfWhichNothingIsKnown) {
  std::vector<Event> events = record_simulated(uneven_tests(7, Seconds{1}), machine(1, Feed::each));
  events.resize(events.size() / 2);
  const SimulationInput input = input_from_journal(events);
  EXPECT_EQ(input.tests.size() + input.without_duration, 7u);
  EXPECT_GT(input.without_duration, 0u);
}

TEST(JournalInput, RefusesARunWithoutTests) {
  EXPECT_THROW(input_from_journal({}), UsageError);
}

TEST(StartupsFor, MoreWorkersGoOnAsTheMeasuredOnesBegan) {
  const std::vector<Seconds> more = startups_for({Seconds{0.3}, Seconds{0.2}}, 4);
  ASSERT_EQ(more.size(), 4u);
  EXPECT_NEAR(more[0].count(), 0.2, 1e-9);
  EXPECT_NEAR(more[3].count(), 0.5, 1e-9);
}

TEST(StartupsFor, FewerWorkersGetTheEarliest) {
  const std::vector<Seconds> one = startups_for({Seconds{0.3}, Seconds{0.2}}, 1);
  ASSERT_EQ(one.size(), 1u);
  EXPECT_NEAR(one[0].count(), 0.2, 1e-9);
}

}  // namespace
}  // namespace sharder
