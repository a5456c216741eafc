// Every call of the clone pool fails in turn. One fault alone never costs a verdict, whatever it hits: the run ends,
// says the same of every test as the undisturbed run, and leaves no clone.
#include <gtest/gtest.h>

#include <memory>

#include "tests/fault/scenario.hpp"
#include "tests/fault/seeds.hpp"

namespace sharder {
namespace {

constexpr const char* call_names[] = {"obtain", "execute", "next", "checkpoint", "write", "pack_layer", "close"};
constexpr std::size_t places_per_seed = 6;

/// Which calls can fail without the clone: all others tell of its death or of nothing.
bool can_be_refused(PoolCall call) {
  return call == PoolCall::obtain || call == PoolCall::execute || call == PoolCall::pack_layer ||
         call == PoolCall::close;
}

struct Disturbed {
  std::unique_ptr<SimulatedRun> run;
  PoolCall hit = PoolCall::obtain;  // what the fault met
};

/// A run whose nth call fails; 0 for none. `calls` are those of the undisturbed run up to then.
Disturbed run_with_fault(const Scenario& scenario, std::size_t nth, Fault kind) {
  Disturbed disturbed{scenario.prepare()};
  disturbed.run->faults = [&disturbed, nth, kind, count = std::size_t{0}](PoolCall call) mutable {
    if (++count != nth) return Fault::none;
    disturbed.hit = call;
    return kind;
  };
  disturbed.run->run(scenario.workers());
  disturbed.run->faults = {};
  return disturbed;
}

std::vector<PoolCall> calls_of(const Scenario& scenario, SimulatedRun& run) {
  std::vector<PoolCall> calls;
  run.faults = [&calls](PoolCall call) {
    calls.push_back(call);
    return Fault::none;
  };
  run.run(scenario.workers());
  run.faults = {};
  return calls;
}

/// What cannot be done again: a layer that could not be written is the machine's disk or its permissions.
bool ends_the_run(PoolCall hit, Fault kind) { return hit == PoolCall::pack_layer && kind == Fault::refused; }

void expect_same(const Scenario& scenario, SimulatedRun& undisturbed, SimulatedRun& disturbed) {
  EXPECT_EQ(disturbed.record.verdicts.size(), scenario.tests());
  for (const auto& [test, verdicts] : undisturbed.record.verdicts) EXPECT_EQ(disturbed.verdict(test), verdicts) << test;
  EXPECT_EQ(disturbed.result.exit_status, undisturbed.result.exit_status) << disturbed.result.message;
}

void check(const Scenario& scenario, SimulatedRun& undisturbed, std::size_t nth, Fault kind) {
  const Disturbed disturbed = run_with_fault(scenario, nth, kind);
  const std::string name = call_names[static_cast<int>(disturbed.hit)];
  SCOPED_TRACE(scenario.describe() + "; call " + std::to_string(nth) + ", " + name +
               (kind == Fault::refused ? ", is refused" : ": its clone dies"));
  EXPECT_EQ(disturbed.run->clones_left, 0);
  if (ends_the_run(disturbed.hit, kind)) EXPECT_EQ(disturbed.run->result.exit_status, 5);
  else expect_same(scenario, undisturbed, *disturbed.run);
}

void check_seed(std::uint64_t seed, bool all) {
  const Scenario scenario(seed, Scenario::Nature::steady);
  const std::unique_ptr<SimulatedRun> undisturbed = scenario.prepare();
  const std::vector<PoolCall> calls = calls_of(scenario, *undisturbed);
  ASSERT_EQ(undisturbed->record.verdicts.size(), scenario.tests());
  for (const std::size_t place : places(calls.size(), places_per_seed, seed, all)) {
    const PoolCall call = calls[place - 1];
    if (can_be_refused(call)) check(scenario, *undisturbed, place, Fault::refused);
    if (call != PoolCall::obtain && call != PoolCall::close) check(scenario, *undisturbed, place, Fault::clone_dies);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(FaultyPool, OneFaultNeverCostsAVerdict) { for_each_seed(check_seed); }

}  // namespace
}  // namespace sharder
