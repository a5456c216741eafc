#include "sharder/run/event_stream.hpp"

namespace sharder {

EventStream::EventStream(const TimeSource& time, WallClock wall_clock)
    : time_(time), wall_clock_(std::move(wall_clock)), begun_(time.now()) {}

void EventStream::publish(EventPayload payload) {
  const Event event{++sequence_, wall_clock_(), elapsed(), std::move(payload)};
  for (EventConsumer* consumer : consumers_) consumer->consume(event);
}

}  // namespace sharder
