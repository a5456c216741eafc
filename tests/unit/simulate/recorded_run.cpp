#include "tests/unit/simulate/recorded_run.hpp"

namespace sharder {
namespace {

class EventKeeper : public EventConsumer {
 public:
  void consume(const Event& event) override { events.push_back(event); }
  std::vector<Event> events;
};

}  // namespace

std::vector<Event> record_simulated(std::vector<SimulatedTest> tests, const SimulationSettings& settings) {
  EventKeeper keeper;
  (void)simulate(std::move(tests), settings, &keeper);
  return std::move(keeper.events);
}

std::vector<SimulatedTest> uneven_tests(int count, Seconds unit) {
  std::vector<SimulatedTest> tests;
  for (int i = 0; i < count; ++i) {
    SimulatedTest& one = tests.emplace_back();
    one.test.suite = "s";
    one.test.name = one.test.id = "t" + std::to_string(i);
    one.durations = {unit * (i % 7 + 1)};
  }
  return tests;
}

}  // namespace sharder
