#include <gtest/gtest.h>

#include "tests/unit/run/simulated_run.hpp"

namespace sharder {
namespace {

TEST(Reruns, CallATestFlakyThatPassesAfterAFailure) {
  SimulatedRun run;
  run.add_many(3);
  run.script = [](const std::string& test, int attempt) { return exits(test == "t1" && attempt < 3 ? 7 : 0); };
  run.run(2);
  EXPECT_EQ(run.verdict("t1"), std::vector<Verdict>{Verdict::flaky});
  EXPECT_EQ(run.outcomes("t1"), (std::vector<Outcome>{Outcome::failed, Outcome::failed, Outcome::passed}));
  EXPECT_EQ(run.record.attempts["t1"][0].message, "exit status 7");
  EXPECT_EQ(run.result.exit_status, 0);
}

TEST(Reruns, FailATestThatNeverPasses) {
  SimulatedRun run;
  run.add_many(3);
  run.script = [](const std::string& test, int) { return exits(test == "t1" ? 1 : 0); };
  run.run(2);
  EXPECT_EQ(run.verdict("t1"), std::vector<Verdict>{Verdict::failed});
  EXPECT_EQ(run.outcomes("t1").size(), 4u);
  EXPECT_EQ(run.result.exit_status, 1);
}

TEST(Reruns, EachGetAFreshClone) {
  SimulatedRun run;
  run.add("a");
  run.script = [](const std::string&, int) { return exits(1); };
  run.run(1);
  std::set<std::string> clones;
  for (const AttemptRecord& attempt : run.record.attempts["a"]) clones.insert(attempt.clone);
  EXPECT_EQ(clones.size(), 4u);
}

TEST(Reruns, ObeyTheFlakyPolicy) {
  for (const auto& [policy, status] :
       {std::pair{FlakyPolicy::pass, 0}, {FlakyPolicy::warn, 6}, {FlakyPolicy::fail, 1}}) {
    SimulatedRun run;
    run.add("a");
    run.config.run.flaky = policy;
    run.script = [](const std::string&, int attempt) { return exits(attempt == 1 ? 1 : 0); };
    run.run(1);
    EXPECT_EQ(run.result.exit_status, status);
  }
}

TEST(Reruns, StopWhenTooMuchFails) {
  SimulatedRun run;
  run.add_many(100);
  run.script = [](const std::string&, int) { return exits(1); };
  run.run(2);
  EXPECT_EQ(run.record.finished.counts.failed, 100);
  std::size_t attempts = 0;
  for (const auto& [id, records] : run.record.attempts) attempts += records.size();
  EXPECT_LT(attempts, 190u);
  ASSERT_FALSE(run.record.warnings.empty());
  EXPECT_NE(run.record.warnings.front().find("not rerun any more"), std::string::npos);
}

TEST(Reruns, SayThatTheProjectChangedMeanwhile) {
  SimulatedRun run;
  run.add("a");
  run.project_changed = [] { return true; };
  run.script = [](const std::string&, int attempt) { return exits(attempt == 1 ? 1 : 0); };
  run.run(1);
  EXPECT_NE(run.record.notes["a"].find("changed during the run"), std::string::npos);
}

TEST(Losses, AreRetriedAndNotChargedToTheTest) {
  SimulatedRun run;
  run.add_many(4);
  run.script = [](const std::string& test, int attempt) {
    FakeBehaviour behaviour;
    behaviour.kills_clone = test == "t2" && attempt == 1;
    return behaviour;
  };
  run.run(2);
  EXPECT_EQ(run.outcomes("t2"), (std::vector<Outcome>{Outcome::lost, Outcome::passed}));
  EXPECT_EQ(run.verdict("t2"), std::vector<Verdict>{Verdict::passed});
  EXPECT_EQ(run.record.lost_clones.size(), 1u);
  EXPECT_EQ(run.result.exit_status, 0);
}

TEST(Losses, AreAVerdictAfterTheThird) {
  SimulatedRun run;
  run.add_many(4);
  run.script = [](const std::string& test, int) {
    FakeBehaviour behaviour;
    behaviour.kills_clone = test == "t2";
    return behaviour;
  };
  run.run(2);
  EXPECT_EQ(run.verdict("t2"), std::vector<Verdict>{Verdict::lost});
  EXPECT_EQ(run.result.exit_status, 3);
  EXPECT_FALSE(run.record.finished.incomplete.empty());
  EXPECT_EQ(run.record.finished.counts.passed, 3);
}

TEST(Timeouts, EndATestThatHangs) {
  SimulatedRun run;
  run.add("hangs", Seconds{1e6});
  run.add("ends");
  run.config.run.timeout = Seconds{10};
  run.config.run.reruns = 0;
  run.run(1);
  EXPECT_EQ(run.outcomes("hangs"), std::vector<Outcome>{Outcome::timed_out});
  EXPECT_EQ(run.record.attempts["hangs"][0].message, "exceeded its time limit of 10 s");
  EXPECT_LT(run.virtual_duration.count(), 20);
}

TEST(Timeouts, KillWhatIgnoresSigterm) {
  SimulatedRun run;
  run.add("hangs");
  run.config.run.timeout = Seconds{10};
  run.config.run.reruns = 0;
  run.script = [](const std::string&, int) {
    FakeBehaviour behaviour;
    behaviour.duration = Seconds{1e6};
    behaviour.ignores_signals = true;
    return behaviour;
  };
  run.run(1);
  EXPECT_EQ(run.outcomes("hangs"), std::vector<Outcome>{Outcome::timed_out});
  EXPECT_NEAR(run.virtual_duration.count(), 12, 0.5);
}

TEST(Leaks, FailOnlyWhereTheConfigurationSaysSo) {
  for (const bool fail : {false, true}) {
    SimulatedRun run;
    run.add("a");
    run.config.run.leaks_fail = fail;
    run.config.run.reruns = 0;
    run.script = [](const std::string&, int) {
      FakeBehaviour behaviour;
      behaviour.leaks = {{42, "sleep 1000"}};
      return behaviour;
    };
    run.run(1);
    ASSERT_EQ(run.record.attempts["a"].size(), 1u);
    EXPECT_EQ(run.record.attempts["a"][0].outcome, fail ? Outcome::leaked : Outcome::passed);
    EXPECT_EQ(run.record.attempts["a"][0].leaks.at(0).command, "sleep 1000");
  }
}

TEST(Losses, OfAWorkerLeaveItsTestsToTheOthers) {
  for (int skip = 2; skip < 8; ++skip)
    for (int failures = 3; failures < 11; ++failures) {
      SCOPED_TRACE("clones fail after " + std::to_string(skip) + ", " + std::to_string(failures) + " times");
      SimulatedRun run;
      run.list(R"({"id": "a", "group": "g"})");
      run.list(R"({"id": "b", "group": "g", "locks": ["l"]})");
      run.add_many(10);
      int obtained = 0;
      run.obtain_fails = [&] { return ++obtained > skip && obtained <= skip + failures; };
      run.script = [](const std::string& test, int attempt) {
        FakeBehaviour behaviour;
        behaviour.kills_clone = (test == "t3" || test == "a") && attempt == 1;
        return behaviour;
      };
      run.run(2);
      const Counts& counts = run.record.finished.counts;
      EXPECT_EQ(counts.passed + counts.lost + counts.not_run, 12);
      EXPECT_EQ(run.clones_left, 0);
    }
}

TEST(Reruns, StayStoppedWhenTheRunGoesOn) {
  SimulatedRun run;
  EarlierRun earlier;
  for (TestIndex test = 0; test < 30; ++test) {
    run.add("t" + std::to_string(test));
    auto listed = std::make_shared<sharder::Test>();
    listed->id = listed->name = "t" + std::to_string(test);
    earlier.tests.push_back(listed);
    AttemptRecord failed;
    failed.test = test;
    failed.outcome = Outcome::failed;
    earlier.settled.push_back({.payload = AttemptFinished{failed}});
  }
  run.earlier = earlier;
  run.run(2);
  EXPECT_EQ(run.record.finished.counts.failed, 30);
  EXPECT_TRUE(run.record.begun.empty()) << "they were not rerun before either";
}

}  // namespace
}  // namespace sharder
