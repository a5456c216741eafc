// A signal, a deadline or a failure that ends the run, at every event of the undisturbed run: the run ends, every test
// that was listed has a verdict, no clone is left, and the exit status is the one that is promised.
#include <gtest/gtest.h>

#include <csignal>
#include <memory>

#include "tests/fault/scenario.hpp"
#include "tests/fault/seeds.hpp"

namespace sharder {
namespace {

constexpr std::size_t places_per_seed = 3;

enum class Stop { interrupt, interrupt_twice, terminate, deadline };
constexpr const char* stop_names[] = {"SIGINT", "SIGINT twice", "SIGTERM", "deadline"};

/// Index of the first event of the kind, or the number of events.
template <typename Payload>
std::size_t first_of(const std::vector<Event>& events) {
  std::size_t place = 0;
  while (place < events.size() && !std::holds_alternative<Payload>(events[place].payload)) ++place;
  return place;
}

/// The signals are real ones: the run's own handler hears them.
void raise_after(SimulatedRun& run, std::size_t nth, Stop stop) {
  run.record.after_each = [&run, nth, stop] {
    if (run.record.events.size() != nth) return;
    std::raise(stop == Stop::terminate ? SIGTERM : SIGINT);
    if (stop == Stop::interrupt_twice) std::raise(SIGINT);
  };
}

int promised_status(Stop stop) {
  if (stop == Stop::deadline) return 3;
  return 128 + (stop == Stop::terminate ? SIGTERM : SIGINT);
}

void expect_complete(const SimulatedRun& run) {
  std::size_t listed = 0;
  for (const Event& event : run.record.events) listed += std::holds_alternative<TestListed>(event.payload) ? 1 : 0;
  const bool dispatched = run.record.finished.counts.selected > 0;
  EXPECT_EQ(run.record.verdicts.size(), dispatched ? listed : 0);
  for (const auto& [test, verdicts] : run.record.verdicts) EXPECT_EQ(verdicts.size(), 1u) << test;
  EXPECT_EQ(run.clones_left, 0);
  EXPECT_EQ(run.record.finished.exit_status, run.result.exit_status);
}

void check(const Scenario& scenario, const SimulatedRun& undisturbed, std::size_t nth, Stop stop) {
  SCOPED_TRACE(scenario.describe() + "; " + stop_names[static_cast<int>(stop)] + " after event " + std::to_string(nth));
  const std::unique_ptr<SimulatedRun> run = scenario.prepare();
  const Seconds when = undisturbed.record.events[nth - 1].elapsed;
  if (stop == Stop::deadline) run->config.run.deadline = when;
  else raise_after(*run, nth, stop);
  run->run(scenario.workers());
  expect_complete(*run);
  const std::vector<Event>& events = run->record.events;
  // What comes when everything is said and done changes nothing any more.
  const bool in_time = first_of<Draining>(events) < first_of<RunFinished>(events);
  EXPECT_TRUE(in_time || first_of<Draining>(events) == events.size()) << "told after the last event";
  const int status = in_time ? promised_status(stop) : undisturbed.result.exit_status;
  EXPECT_EQ(run->result.exit_status, status) << run->result.message;
  // What runs may finish after the first SIGINT alone.
  const Seconds after = run->virtual_duration - when;
  EXPECT_TRUE(stop == Stop::interrupt || after < Seconds{0.2}) << after.count();
}

void check_seed(std::uint64_t seed, bool all) {
  const Scenario scenario(seed, Scenario::Nature::by_attempt);
  const std::unique_ptr<SimulatedRun> undisturbed = scenario.prepare();
  undisturbed->run(scenario.workers());
  for (const std::size_t place : places(undisturbed->record.events.size(), places_per_seed, seed, all))
    for (const Stop stop : {Stop::interrupt, Stop::interrupt_twice, Stop::terminate, Stop::deadline}) {
      check(scenario, *undisturbed, place, stop);
      if (testing::Test::HasFailure()) return;
    }
}

TEST(StoppedAnywhere, GivesEveryTestAVerdictAndLeavesNoClone) { for_each_seed(check_seed); }

/// Each test in turn is the failure that ends the run.
void check_fail_fast(std::uint64_t seed, bool all) {
  Scenario scenario(seed, Scenario::Nature::steady);
  for (const std::size_t place : places(scenario.tests(), places_per_seed, seed, all)) {
    const std::string& victim = scenario.test(place - 1);
    if (scenario.fixture(victim)) continue;
    SCOPED_TRACE(scenario.describe() + "; " + victim + " fails");
    scenario.fail_only(victim);
    const std::unique_ptr<SimulatedRun> run = scenario.prepare();
    run->config.run.fail_fast = 1;
    run->config.run.reruns = 0;
    run->run(scenario.workers());
    expect_complete(*run);
    EXPECT_EQ(run->record.finished.counts.failed, 1);
    EXPECT_EQ(run->verdict(victim), std::vector<Verdict>{Verdict::failed});
    EXPECT_EQ(run->result.exit_status, 1) << run->result.message;
    EXPECT_LT(first_of<Draining>(run->record.events), run->record.events.size());
    if (testing::Test::HasFailure()) return;
  }
}

TEST(StoppedAnywhere, AnyTestCanBeTheFailureThatEndsTheRun) { for_each_seed(check_fail_fast); }

}  // namespace
}  // namespace sharder
