// Spare clones on virtual time: what they hide, and that they neither delay nor fail a run nor outlive it.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "sharder/run/warm_clones.hpp"
#include "tests/unit/run/simulated_run.hpp"

namespace sharder {
namespace {

constexpr Seconds slow_start{5};

/// Fails at the first attempt and passes then.
std::function<FakeBehaviour(const std::string&, int)> fails_once(const std::string& unlucky) {
  return [unlucky](const std::string& test, int attempt) { return exits(test == unlucky && attempt == 1 ? 1 : 0); };
}

template <typename Payload>
std::vector<Payload> told(const SimulatedRun& run) {
  std::vector<Payload> found;
  for (const Event& event : run.record.events)
    if (const auto* payload = std::get_if<Payload>(&event.payload)) found.push_back(*payload);
  return found;
}

int warm_ones(const SimulatedRun& run) {
  const std::vector<CloneReady> ready = told<CloneReady>(run);
  return static_cast<int>(
      std::count_if(ready.begin(), ready.end(), [](const CloneReady& clone) { return clone.warm; }));
}

/// Every clone that was told of was also taken back, and none is left.
void expect_balance(const SimulatedRun& run) {
  EXPECT_EQ(run.clones_left, 0);
  std::map<std::string, int> living;
  for (const CloneReady& clone : told<CloneReady>(run)) ++living[clone.clone];
  for (const CloneDiscarded& clone : told<CloneDiscarded>(run)) --living[clone.clone];
  for (const CloneLost& clone : told<CloneLost>(run)) living[clone.clone] = 0;
  for (const auto& [name, count] : living) EXPECT_EQ(count, 0) << name;
}

TEST(WarmClones, ARerunDoesNotWaitForAClone) {
  SimulatedRun run;
  run.start_up = slow_start;
  run.add_many(10, Seconds{3});
  run.script = fails_once("t9");
  run.run(2);
  EXPECT_EQ(run.verdict("t9"), std::vector<Verdict>{Verdict::flaky});
  // 5 s of start, 10 tests on two workers, and the rerun beside nothing.
  EXPECT_LT(run.record.finished.makespan.count(), 5 + 15 + 3 + 0.5);
  EXPECT_EQ(warm_ones(run), 1);
  expect_balance(run);
}

TEST(WarmClones, ALostCloneCostsItsWorkerNothing) {
  SimulatedRun run;
  run.start_up = slow_start;
  run.add_many(12, Seconds{3});
  run.script = [](const std::string& test, int attempt) {
    FakeBehaviour behaviour;
    behaviour.kills_clone = test == "t4" && attempt == 1;
    return behaviour;
  };
  run.run(2);
  EXPECT_EQ(run.record.finished.counts.passed, 12);
  // 13 attempts on two workers.
  EXPECT_LT(run.record.finished.makespan.count(), 5 + 21 + 0.5);
  expect_balance(run);
}

TEST(WarmClones, ASpareHasToOutliveALossBeforeItIsTrusted) {
  SimulatedRun run;
  run.add_many(12, Seconds{3});
  run.script = [](const std::string& test, int attempt) {
    FakeBehaviour behaviour;
    behaviour.kills_clone = test == "t4" && attempt == 1;
    return behaviour;
  };
  run.run(1);
  Seconds lost{0}, taken{0};
  for (const Event& event : run.record.events) {
    const auto* attempt = std::get_if<AttemptFinished>(&event.payload);
    const auto* ready = std::get_if<CloneReady>(&event.payload);
    if (attempt != nullptr && attempt->record.outcome == Outcome::lost) lost = event.elapsed;
    if (ready != nullptr && ready->warm && taken == Seconds{0}) taken = event.elapsed;
  }
  EXPECT_GT(lost.count(), 0);
  EXPECT_NEAR((taken - lost).count(), 0.05, 0.001) << "what killed the clone may be killing the spare";
}

TEST(WarmClones, AWorkerWaitsForTheSpareThatIsUnderWay) {
  SimulatedRun run;
  run.start_up = slow_start;
  run.config.run.reruns = 1;
  run.add("a", Seconds{4});
  run.add("b", Seconds{4});
  run.add("c", Seconds{1});
  run.script = fails_once("a");
  run.run(2);
  // The spare is begun at 5 s and ready at 10 s; a fails at 9 s, and a clone of its own would be ready at 14 s.
  EXPECT_NEAR(run.record.finished.makespan.count(), 14, 0.5);
  expect_balance(run);
}

TEST(WarmClones, FreshClonesAreStartedWhileTestsRun) {
  SimulatedRun run;
  run.start_up = Seconds{1};
  run.config.clones.fresh = Freshness::clone;
  run.add_many(20, Seconds{2});
  run.run(2);
  EXPECT_EQ(run.record.finished.counts.passed, 20);
  // 1 s for the first, 10 tests each; the worker that listed waits for its first one.
  EXPECT_LT(run.record.finished.makespan.count(), 1 + 20 + 1 + 0.5);
  std::set<std::string> clones;
  for (const AttemptStarted& attempt : told<AttemptStarted>(run)) clones.insert(attempt.clone);
  EXPECT_EQ(clones.size(), 20u);
  expect_balance(run);
}

TEST(WarmClones, ASpareUnderWayDoesNotDelayTheEnd) {
  SimulatedRun run;
  run.start_up = slow_start;
  run.add_many(5, Seconds{1});
  run.run(2);
  EXPECT_LT(run.virtual_duration.count(), 5 + 3 + 0.5);
  expect_balance(run);
}

TEST(WarmClones, NeitherDoesOneWhoseServicesStart) {
  SimulatedRun run;
  run.config.clones.start = {.commands = {"server"}, .ready = "ask", .stop = "", .timeout = Seconds{100}};
  run.service_start = slow_start;
  run.add_many(5, Seconds{1});
  run.run(2);
  EXPECT_EQ(run.record.finished.counts.passed, 5);
  EXPECT_LT(run.virtual_duration.count(), 5 + 3 + 0.5);
  expect_balance(run);
}

TEST(WarmClones, ASpareThatDoesNotStartMakesNothingFail) {
  SimulatedRun run;
  run.add_many(10);
  run.script = fails_once("t3");
  run.obtain_fails = [count = 0]() mutable { return ++count > 2 && count % 2 == 1; };  // the spares, not what follows
  run.run(2);
  EXPECT_EQ(run.result.exit_status, 0);
  EXPECT_EQ(run.record.finished.counts.flaky, 1);
  EXPECT_TRUE(run.record.lost_clones.empty());
  expect_balance(run);
}

TEST(WarmClones, GivesUpSparesThatFailAgainAndAgain) {
  SimulatedRun run;
  run.config.clones.fresh = Freshness::clone;
  run.add_many(30);
  int asked = 0;
  run.obtain_fails = [&asked] { return ++asked == 3 || asked == 4 || asked == 6; };
  run.run(2);
  EXPECT_EQ(run.record.finished.counts.passed, 30);
  expect_balance(run);
}

TEST(WarmClones, AFewTestsNeedNoSpare) {
  SimulatedRun run;
  run.add_many(2, Seconds{10});
  run.run(2);
  EXPECT_EQ(run.clones_obtained, 2);
}

TEST(WarmClones, AreNotMadeWhereMemoryIsShort) {
  SimulatedRun run;
  run.room_for_spares = false;
  run.add_many(10);
  run.script = fails_once("t3");
  run.run(2);
  EXPECT_EQ(run.clones_obtained, 3);
  EXPECT_EQ(warm_ones(run), 0);
}

TEST(WarmClones, StoppingAtAnyMomentLeavesNone) {
  for (const Freshness fresh : {Freshness::automatic, Freshness::clone})
    for (const bool drain : {false, true})
      for (double when = 0.05; when < 30; when += 0.35) {
        SCOPED_TRACE(when);
        SimulatedRun run;
        run.config.clones.fresh = fresh;
        run.config.clones.start = {.commands = {"server"}, .ready = "ask", .stop = "", .timeout = Seconds{100}};
        run.start_up = Seconds{1};
        run.service_start = Seconds{2};
        run.add_many(12, Seconds{3});
        run.script = fails_once("t1");
        run.at(Seconds{when}, [drain](Cancellation& cancellation) {
          drain ? cancellation.drain("stop") : cancellation.cancel("stop");
        });
        run.run(2);
        EXPECT_EQ(run.clones_left, 0);
        if (!drain) {
          EXPECT_LT(run.virtual_duration.count(), when + 0.1);
        }
      }
}

TEST(WarmClones, AreOneForEachPlaceOrOneForEachWorker) {
  const std::vector<Place> places{{"0-7", 0}, {"0-7", 0}, {"8-15", 1}, {"8-15", 1}};
  EXPECT_EQ(spare_clones(Freshness::automatic, places), 2);
  EXPECT_EQ(spare_clones(Freshness::clone, places), 4);
  EXPECT_EQ(spare_clones(Freshness::test, {{}, {}, {}}), 1);
}

}  // namespace
}  // namespace sharder
