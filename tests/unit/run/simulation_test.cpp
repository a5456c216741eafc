// Seeded simulation: random durations, failures, crashes, hangs, dying and slow clones, locks, groups, wide and
// exclusive tests, stops and deadlines. Whatever happens, every selected test ends with exactly one verdict, every
// attempt that began has an end or was cancelled, and no clone is left.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "tests/unit/run/simulated_run.hpp"

namespace sharder {
namespace {

FakeBehaviour random_behaviour(std::mt19937_64& random) {
  FakeBehaviour behaviour;
  behaviour.duration = Seconds{0.02 + static_cast<double>(random() % 1000) / 100};
  switch (random() % 20) {
    case 0: behaviour.termination.code = 1; break;
    case 1: behaviour.termination = {Termination::Kind::signalled, 6, ""}; break;
    case 2: behaviour.kills_clone = true; break;
    case 3: behaviour.duration = Seconds{1e5}; break;
    case 4: behaviour.termination = {Termination::Kind::not_started, 2, "exec t: no such file or directory"}; break;
    case 5: behaviour.leaks = {{7, "daemon"}}; break;
    default: break;
  }
  return behaviour;
}

void simulate(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed) + ": SHARDER_SIMULATION_SEED=" + std::to_string(seed) + " replays it");
  std::mt19937_64 random(seed);
  SimulatedRun run;
  const int tests = 1 + static_cast<int>(random() % 60);
  constexpr const char* kinds[] = {"", R"(, "locks": ["a"])", R"(, "locks": ["a", "b"])", R"(, "cores": 3)",
                                   R"(, "group": "g")"};
  for (int i = 0; i < tests; ++i)
    run.list("{\"id\": \"t" + std::to_string(i) + "\"" + (random() % 3 == 0 ? kinds[random() % 5] : "") + "}");
  const int mode = static_cast<int>(random() % 3);
  if (mode == 1) run.config.suites[0].framework.run = FrameworkCommand{"./t {ids}", "subunit2", Feed::batch, " ", ""};
  if (mode == 2)
    run.config.suites[0].framework.run = FrameworkCommand{"./t", "subunit2", Feed::standard_input, " ", ""};
  run.config.run.timeout = Seconds{60};
  run.config.run.reruns = static_cast<int>(random() % 4);
  run.config.run.leaks_fail = random() % 2 == 0;
  run.script = [&random](const std::string&, int) { return random_behaviour(random); };
  run.runner_script = [&random](const std::string&, int) { return random_behaviour(random); };
  // Now and then the disk is full from some moment on: no clone starts any more.
  int clones_left = random() % 5 == 0 ? static_cast<int>(random() % 12) : 1'000'000;
  run.obtain_fails = [&random, &clones_left] { return --clones_left < 0 || random() % 25 == 0; };
  if (random() % 3 == 0) run.start_up = Seconds{static_cast<double>(random() % 300) / 10};
  if (random() % 3 == 0) {
    OverrideConfig alone;
    alone.match = "re:t.*3";
    alone.exclusive = true;
    run.config.overrides.push_back(std::move(alone));
  }
  run.config.run.locks_dissolve = random() % 4 == 0;
  if (random() % 6 == 0) run.config.run.deadline = Seconds{static_cast<double>(1 + random() % 200)};
  if (random() % 8 == 0) run.config.run.fail_fast = 1 + static_cast<int>(random() % 3);
  constexpr const char* orders[] = {"auto", "listed", "reverse", "shuffle"};
  run.config.run.order = orders[random() % 4];
  if (random() % 4 == 0) {
    const bool drain = random() % 2 == 0;
    run.at(Seconds{static_cast<double>(random() % 100)}, [drain](Cancellation& cancellation) {
      drain ? cancellation.drain("stop") : cancellation.cancel("stop");
    });
  }
  run.run(1 + static_cast<int>(random() % 5));
  EXPECT_EQ(run.clones_left, 0);
  const Counts& counts = run.record.finished.counts;
  for (const auto& [id, verdicts] : run.record.verdicts) EXPECT_EQ(verdicts.size(), 1u) << id;
  if (counts.selected > 0) {
    EXPECT_EQ(run.record.verdicts.size(), static_cast<std::size_t>(tests));
  }
  for (const auto& [id, attempts] : run.record.attempts)
    for (const AttemptRecord& attempt : attempts) EXPECT_GE(attempt.duration.count(), 0) << id;
}

TEST(Simulation, HoldsItsInvariantsForManySeeds) {
  if (const char* seed = std::getenv("SHARDER_SIMULATION_SEED")) return simulate(std::strtoull(seed, nullptr, 10));
  const char* wanted = std::getenv("SHARDER_SEEDS");
  const std::uint64_t seeds = wanted == nullptr ? 500 : std::strtoull(wanted, nullptr, 10);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    simulate(seed);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace sharder
