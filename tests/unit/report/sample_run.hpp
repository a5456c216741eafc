// A small run that has one of everything, as events; what the tests of the reports are fed.
#pragma once

#include <string>
#include <vector>

#include "sharder/model/event.hpp"

namespace sharder {

/// Numbers and dates events: a tenth of a second apart, from 2026-11-22 12:00:00 UTC.
class EventMaker {
 public:
  Event operator()(EventPayload payload);
  Event at(double elapsed, EventPayload payload);
  void list(const std::string& id);

  std::vector<Event> events;

 private:
  std::uint64_t sequence_ = 0;
  double elapsed_ = 0;
  std::size_t listed_ = 0;
};

RunStarted sample_start();
AttemptRecord attempt_of(TestIndex test, int attempt, Outcome outcome, double seconds,
                         std::string message = {});

/// Seven tests: passed, failed, flaky, skipped, crashed and leaking, lost, never run.
std::vector<Event> sample_run();

/// The same as part 2 of 3.
std::vector<Event> sample_part();

template <typename Consumer>
void feed(Consumer& consumer, const std::vector<Event>& events) {
  for (const Event& event : events) consumer.consume(event);
}

/// The text of tests/golden/NAME; with SHARDER_UPDATE_GOLDEN=1 it is `actual`, and the file is rewritten.
std::string golden(const std::string& name, const std::string& actual);

}  // namespace sharder
