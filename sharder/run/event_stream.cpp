#include "sharder/run/event_stream.hpp"

namespace sharder {

EventStream::EventStream(const TimeSource& time, WallClock wall_clock)
    : time_(time), wall_clock_(std::move(wall_clock)), begun_(time.now()) {}

void EventStream::publish(EventPayload payload) {
  // Output as it comes is not part of the record: the numbers of what is stay without gaps.
  if (!std::holds_alternative<AttemptOutput>(payload)) ++sequence_;
  const Event event{sequence_, wall_clock_(), elapsed(), std::move(payload)};
  for (EventConsumer* consumer : consumers_) consumer->consume(event);
}

void EventStream::go_on(std::uint64_t last_sequence, Seconds elapsed) {
  sequence_ = last_sequence;
  begun_ = time_.now() - std::chrono::duration_cast<TimePoint::duration>(elapsed);
}

}  // namespace sharder
