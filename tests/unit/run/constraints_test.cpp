#include <gtest/gtest.h>

#include <set>

#include "tests/unit/run/simulated_run.hpp"

namespace sharder {
namespace {

/// Collects which tests ran beside which.
class Beside {
 public:
  explicit Beside(SimulatedRun& run) {
    run.on_change = [this](const std::string& test, int change) {
      if (test.empty()) return;
      if (change < 0) return void(running_.erase(test));
      for (const std::string& other : running_) pairs_.insert(std::minmax(test, other));
      running_.insert(test);
      most_ = std::max(most_, running_.size());
    };
  }
  bool together(const std::string& a, const std::string& b) const { return pairs_.count(std::minmax(a, b)) > 0; }
  bool alone(const std::string& test) const {
    for (const auto& [a, b] : pairs_)
      if (a == test || b == test) return false;
    return true;
  }
  std::size_t most() const { return most_; }

 private:
  std::set<std::string> running_;
  std::set<std::pair<std::string, std::string>> pairs_;
  std::size_t most_ = 0;
};

TEST(Constraints, RunExclusiveTestsAlone) {
  SimulatedRun run;
  run.add_many(6);
  run.config.overrides.resize(1);
  run.config.overrides[0].match = "t3";
  run.config.overrides[0].exclusive = true;
  Beside beside(run);
  run.run(3);
  EXPECT_EQ(run.record.finished.counts.passed, 6);
  EXPECT_TRUE(beside.alone("t3"));
  EXPECT_EQ(beside.most(), 3u);
}

TEST(Constraints, KeepHoldersOfALockApart) {
  SimulatedRun run;
  run.list(R"({"id": "a", "locks": ["db"]})");
  run.list(R"({"id": "b", "locks": ["db"]})");
  run.list(R"({"id": "c"})");
  Beside beside(run);
  run.run(3);
  EXPECT_EQ(run.record.finished.counts.passed, 3);
  EXPECT_FALSE(beside.together("a", "b"));
  EXPECT_TRUE(beside.together("a", "c"));
}

TEST(Constraints, LeaveRoomForWideTests) {
  SimulatedRun run;
  run.list(R"({"id": "wide", "cores": 2})");
  run.list(R"({"id": "b"})");
  run.list(R"({"id": "c"})");
  Beside beside(run);
  run.run(2);
  EXPECT_EQ(run.record.finished.counts.passed, 3);
  EXPECT_TRUE(beside.alone("wide"));
}

TEST(Batches, LoseOneTestWhenTheProcessDies) {
  SimulatedRun run;
  run.config.suites[0].framework.run = FrameworkCommand{"./t {ids}", "gtest", Feed::batch, ":", ""};
  for (int i = 0; i < 40; ++i) run.add("S.t" + std::to_string(i));
  run.config.run.reruns = 0;
  // Every process dies at once without a word: no test may be lost track of.
  run.script = [](const std::string&, int) {
    FakeBehaviour behaviour;
    behaviour.termination = {Termination::Kind::signalled, 11, ""};
    return behaviour;
  };
  run.run(1);
  EXPECT_EQ(run.record.finished.counts.failed, 40);
  for (const auto& [id, attempts] : run.record.attempts) EXPECT_EQ(attempts.back().message, "SIGSEGV") << id;
}

TEST(Processes, ThatLeaveNoResultAreChargedToTheirTest) {
  SimulatedRun run;
  run.config.suites[0].framework.run = FrameworkCommand{"./t {id}", "gtest", Feed::each, "", ""};
  for (int i = 0; i < 3; ++i) run.add("S.t" + std::to_string(i));
  run.config.run.reruns = 1;
  run.script = [](const std::string&, int) { return FakeBehaviour{}; };  // status 0, and not a word
  run.run(1);
  EXPECT_EQ(run.record.finished.counts.failed, 3);
  EXPECT_EQ(run.outcomes("S.t0"), (std::vector<Outcome>{Outcome::crashed, Outcome::crashed}));
  EXPECT_EQ(run.record.attempts["S.t0"].back().message, "no result, and exit status 0");
}

}  // namespace
}  // namespace sharder
