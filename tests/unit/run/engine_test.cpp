#include <gtest/gtest.h>

#include "sharder/run/helper_command.hpp"
#include "tests/unit/run/simulated_run.hpp"

namespace sharder {
namespace {

TEST(Engine, GivesEveryTestExactlyOneVerdict) {
  SimulatedRun run;
  run.add_many(25);
  run.run(4);
  EXPECT_EQ(run.result.exit_status, 0);
  EXPECT_EQ(run.record.verdicts.size(), 25u);
  for (const auto& [id, verdicts] : run.record.verdicts)
    EXPECT_EQ(verdicts, std::vector<Verdict>{Verdict::passed}) << id;
  EXPECT_EQ(run.clones_left, 0);
}

TEST(Engine, UsesAllWorkersAtOnce) {
  SimulatedRun run;
  run.add_many(8, Seconds{10});
  run.run(4);
  EXPECT_EQ(run.most_running, 4);
  EXPECT_LT(run.virtual_duration.count(), 20.5);
  EXPECT_NEAR(run.record.finished.serial_sum.count(), 80, 0.001);
}

TEST(Engine, NumbersItsEventsWithoutGaps) {
  SimulatedRun run;
  run.add_many(3);
  run.run(2);
  for (std::size_t i = 0; i < run.record.events.size(); ++i) EXPECT_EQ(run.record.events[i].sequence, i + 1);
  EXPECT_TRUE(std::holds_alternative<RunStarted>(run.record.events.front().payload));
  EXPECT_TRUE(std::holds_alternative<RunFinished>(run.record.events.back().payload));
}

TEST(Engine, SaysThatNothingWasSelected) {
  SimulatedRun run;
  run.add("a");
  run.config.selection.patterns = {"nosuch"};
  run.run(1);
  EXPECT_EQ(run.result.exit_status, 4);
  run.config.run.no_tests_fail = false;
  run.run(1);
  EXPECT_EQ(run.result.exit_status, 0);
}

TEST(Engine, FailsWhenTheListingFails) {
  SimulatedRun run;
  run.list("this is no JSON");
  run.run(2);
  EXPECT_EQ(run.result.exit_status, 5);
  EXPECT_NE(run.result.message.find("listing suite \"s\" failed"), std::string::npos) << run.result.message;
  EXPECT_EQ(run.clones_left, 0);
}

TEST(Engine, StopsWhenNoCloneCanBeHad) {
  SimulatedRun run;
  run.add("a");
  run.obtain_fails = [] { return true; };
  run.run(2);
  EXPECT_EQ(run.result.exit_status, 5);
  EXPECT_NE(run.result.message.find("no clone could be started"), std::string::npos);
}

TEST(Engine, TriesAgainWhenACloneDoesNotStart) {
  SimulatedRun run;
  run.add_many(4);
  int calls = 0;
  run.obtain_fails = [&calls] { return ++calls == 1; };
  run.run(2);
  EXPECT_EQ(run.result.exit_status, 0);
}

TEST(Engine, StartsServicesBeforeTests) {
  SimulatedRun run;
  run.add("a");
  run.config.clones.start.commands = {"start-database"};
  run.config.clones.start.ready = "database-answers";
  run.run(1);
  EXPECT_EQ(run.result.exit_status, 0);
}

TEST(Engine, TellsAtOnceOfAStartCommandThatFails) {
  SimulatedRun run;
  run.add("a");
  run.config.clones.start.commands = {"start-database"};
  run.config.clones.start.ready = "database-answers";
  run.config.clones.hide = {"/home/*", "/etc/keys"};
  run.helper_script = [](const std::string& program) {
    FakeBehaviour behaviour = exits(program == "start-database" ? 3 : 2);
    behaviour.duration = program == "start-database" ? Seconds{0.5} : Seconds{0.01};
    if (program == "start-database") behaviour.output = "no \"/etc/keys/server.key\"\n";
    return behaviour;
  };
  run.run(1);
  EXPECT_EQ(run.result.exit_status, 5);
  EXPECT_EQ(run.result.message,
            "the start command \"start-database\" failed: exit status 3\n    no \"/etc/keys/server.key\"");
  EXPECT_EQ(run.result.hint, "clones do not see /etc/keys ([clones] hide): start the service without it");
  EXPECT_LT(run.virtual_duration, Seconds{2});
}

TEST(Engine, ReplacesAClonewhoseServicesDied) {
  SimulatedRun run;
  run.add("kills-the-database");
  run.add("innocent");
  run.config.run.reruns = 0;
  run.config.clones.start.commands = {"start-database"};
  run.config.clones.start.ready = "database-answers";
  run.script = [](const std::string& test, int) { return exits(test == "innocent" ? 0 : 1); };
  run.run(1);
  EXPECT_EQ(run.verdict("innocent"), std::vector<Verdict>{Verdict::passed});
  EXPECT_EQ(run.result.exit_status, 1);
}

TEST(Engine, RefusesAListingThatIsNotWhole) {
  SimulatedRun run;
  run.list(std::string(CommandResult::most_output_bytes, ' '));
  run.add("a");
  run.run(1);
  EXPECT_EQ(run.result.exit_status, 5);
  EXPECT_NE(run.result.message.find("it printed more than 256.0 MiB"), std::string::npos) << run.result.message;
}

TEST(Engine, SkipsDisabledTestsWithoutRunningThem) {
  SimulatedRun run;
  run.add("a");
  run.run(1);
  EXPECT_EQ(run.record.finished.counts.passed, 1);
}

TEST(Engine, FeedsALiveRunnerOneTestAfterAnother) {
  SimulatedRun run;
  run.config.suites[0].framework.run = FrameworkCommand{"./runner", "subunit2", Feed::standard_input, " ", ""};
  run.add_many(6);
  std::vector<std::string> fed;
  run.runner_script = [&fed](const std::string& line, int) {
    fed.push_back(line);
    return exits(line == "t3" ? 1 : 0);
  };
  run.config.run.reruns = 1;
  run.run(2);
  EXPECT_EQ(run.verdict("t3"), std::vector<Verdict>{Verdict::failed});
  EXPECT_EQ(run.record.finished.counts.passed, 5);
  EXPECT_EQ(fed.size(), 7u);
}

TEST(Engine, LosesOneTestWhenALiveRunnerDies) {
  SimulatedRun run;
  run.config.suites[0].framework.run = FrameworkCommand{"./runner", "subunit2", Feed::standard_input, " ", ""};
  run.add_many(6);
  run.config.run.reruns = 0;
  run.runner_script = [](const std::string& line, int) {
    FakeBehaviour behaviour;
    if (line == "t2") behaviour.termination = {Termination::Kind::signalled, 11, ""};
    return behaviour;
  };
  run.run(1);
  EXPECT_EQ(run.outcomes("t2"), std::vector<Outcome>{Outcome::crashed});
  EXPECT_EQ(run.record.attempts["t2"][0].message, "SIGSEGV");
  EXPECT_EQ(run.record.finished.counts.passed, 5);
}

TEST(Engine, KeepsAResultThatWasToldBeforeItsCloneDied) {
  SimulatedRun run;
  run.config.suites[0].framework.run = FrameworkCommand{"./runner", "subunit2", Feed::standard_input, " ", ""};
  run.add_many(6);
  run.config.run.reruns = 0;
  run.runner_script = [](const std::string& line, int) {
    FakeBehaviour behaviour;
    behaviour.kills_clone_after = line == "t2";
    return behaviour;
  };
  run.run(1);
  EXPECT_EQ(run.outcomes("t2"), std::vector<Outcome>{Outcome::passed});
  EXPECT_EQ(run.record.finished.counts.passed, 6);
  EXPECT_EQ(run.record.lost_clones.size(), 1u);
}

}  // namespace
}  // namespace sharder
