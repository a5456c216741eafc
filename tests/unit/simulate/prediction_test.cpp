// What a prediction must get right whatever the scheduler does.
#include "sharder/simulate/prediction.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/simulate/recorded_run.hpp"

namespace sharder {
namespace {

SimulationSettings on(std::size_t workers) {
  SimulationSettings settings;
  settings.worker_speeds.assign(workers, 1.0);
  return settings;
}

TEST(Prediction, OfOneWorkerIsTheSumOfEverything) {
  SimulationSettings settings = on(1);
  settings.startup = Seconds{2};
  settings.listing = Seconds{3};
  settings.overhead_per_test = Seconds{0.5};
  settings.ending = Seconds{0.25};
  const Prediction prediction = simulate(uneven_tests(7, Seconds{1}), settings);
  EXPECT_NEAR(prediction.makespan.count(), 2 + 3 + 28 + 7 * 0.5 + 0.25, 1e-6);
  EXPECT_NEAR(prediction.startup.count(), 5, 1e-6);
  EXPECT_NEAR(prediction.worker_busy.at(0).count(), 28, 1e-6);
  EXPECT_EQ(prediction.counts.passed, 7);
}

TEST(Prediction, IsTheSameEachTime) {
  SimulationSettings settings = on(5);
  settings.order = "shuffle";
  settings.seed = 7;
  const Prediction first = simulate(uneven_tests(100, Seconds{0.1}), settings);
  EXPECT_EQ(first.makespan, simulate(uneven_tests(100, Seconds{0.1}), settings).makespan);
  settings.seed = 8;
  EXPECT_NE(first.makespan, simulate(uneven_tests(100, Seconds{0.1}), settings).makespan);
}

TEST(Prediction, LetsFasterWorkersDoMore) {
  SimulationSettings settings = on(2);
  settings.worker_speeds = {3, 1};
  std::vector<SimulatedTest> tests = uneven_tests(400, Seconds{0.1});
  double work = 0;
  for (const SimulatedTest& one : tests) work += one.durations.front().count();
  EXPECT_NEAR(simulate(std::move(tests), settings).makespan.count(), work / 4, 1);
}

TEST(Prediction, KeepsLocksUnlessTheyAreDissolved) {
  std::vector<SimulatedTest> tests = uneven_tests(14, Seconds{1});
  for (SimulatedTest& one : tests) one.test.locks = {"port"};
  SimulationSettings settings = on(14);
  EXPECT_NEAR(simulate(tests, settings).makespan.count(), 56, 1e-6);
  settings.dissolve_locks = true;
  EXPECT_NEAR(simulate(tests, settings).makespan.count(), 7, 1e-6);
}

TEST(Prediction, KeepsExclusiveTestsAlone) {
  std::vector<SimulatedTest> tests = uneven_tests(7, Seconds{1});
  for (SimulatedTest& one : tests) one.test.exclusive = true;
  EXPECT_NEAR(simulate(tests, on(4)).makespan.count(), 28, 1e-6);
}

TEST(Prediction, ReplaysOutcomesAttemptByAttempt) {
  std::vector<SimulatedTest> tests = uneven_tests(4, Seconds{1});
  tests[0].outcomes = {Outcome::failed, Outcome::passed};
  tests[1].outcomes = {Outcome::crashed};
  tests[2].outcomes = {Outcome::skipped};
  tests[3].outcomes = {Outcome::timed_out, Outcome::passed};
  for (const Feed feed : {Feed::each, Feed::batch, Feed::standard_input}) {
    SimulationSettings settings = on(2);
    settings.suites["s"].feed = feed;
    settings.reruns = 2;
    const Counts counts = simulate(tests, settings).counts;
    EXPECT_EQ(counts.flaky, 2) << static_cast<int>(feed);
    EXPECT_EQ(counts.failed, 1) << static_cast<int>(feed);
    EXPECT_EQ(counts.skipped, 1) << static_cast<int>(feed);
  }
}

TEST(Prediction, SurvivesTestsThatLoseTheirClone) {
  std::vector<SimulatedTest> tests = uneven_tests(10, Seconds{1});
  tests[3].outcomes = {Outcome::lost, Outcome::passed};
  for (const Feed feed : {Feed::each, Feed::batch, Feed::standard_input}) {
    SimulationSettings settings = on(2);
    settings.suites["s"].feed = feed;
    EXPECT_EQ(simulate(tests, settings).counts.passed, 10) << static_cast<int>(feed);
  }
}

TEST(Prediction, PaysALiveRunnersStartOncePerWorker) {
  SimulationSettings settings = on(1);
  settings.suites["s"] = {
      .feed = Feed::standard_input, .process_startup = Seconds{5}, .overhead = Seconds{0.5}, .wind_down = Seconds{2}};
  EXPECT_NEAR(simulate(uneven_tests(7, Seconds{1}), settings).makespan.count(), 5 + 28 + 6 * 0.5 + 2, 1e-6);
}

TEST(Prediction, PaysABatchsStartForEveryBatch) {
  SimulationSettings settings = on(1);
  settings.suites["s"] = {.feed = Feed::batch, .process_startup = Seconds{5}, .overhead = {}, .wind_down = {}};
  const Prediction prediction = simulate(uneven_tests(70, Seconds{1}), settings);
  const double starts = (prediction.makespan.count() - 280) / 5;
  EXPECT_GE(starts, 1 - 1e-6);
  EXPECT_LE(starts, 20);
  EXPECT_NEAR(starts, std::round(starts), 1e-6);
}

TEST(Prediction, GivesTestsOfSeveralSuitesTheirIdsBack) {
  std::vector<SimulatedTest> tests = uneven_tests(2, Seconds{1});
  tests[0].test.id = "s/t0";
  tests[1].test.id = "other/program:t1";
  tests[1].test.suite = "other";
  tests[1].test.program = "program";
  std::vector<std::string> ids;
  for (const Event& event : record_simulated(tests, on(1)))
    if (const auto* listed = std::get_if<TestListed>(&event.payload)) ids.push_back(listed->test->id);
  EXPECT_EQ(ids, (std::vector<std::string>{"s/t0", "other/program:t1"}));
}

TEST(Prediction, RunsFixturesAndDependenciesWhereTheyAreNeeded) {
  std::vector<SimulatedTest> tests = uneven_tests(4, Seconds{1});
  tests[0].test.fixtures_setup = {"db"};
  tests[1].test.fixtures_required = {"db"};
  tests[3].test.depends = {"t2"};
  const Prediction prediction = simulate(tests, on(2));
  EXPECT_EQ(prediction.counts.passed, 4);
  EXPECT_TRUE(prediction.trouble.empty()) << prediction.trouble;
}

TEST(Prediction, SaysWhyNothingCouldRun) {
  std::vector<SimulatedTest> tests = uneven_tests(2, Seconds{1});
  tests[0].test.depends = {"t1"};
  tests[1].test.depends = {"t0"};
  EXPECT_NE(simulate(tests, on(1)).trouble.find("depend on themselves"), std::string::npos);
}

}  // namespace
}  // namespace sharder
