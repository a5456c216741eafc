// Numbers and dates the events of a run and hands them to every consumer, in order.
#pragma once

#include <functional>
#include <vector>

#include "sharder/model/event.hpp"
#include "sharder/support/time_source.hpp"

namespace sharder {

class EventStream {
 public:
  using WallClock = std::function<std::chrono::system_clock::time_point()>;

  EventStream(const TimeSource& time, WallClock wall_clock);

  /// `consumer` outlives the stream.
  void add(EventConsumer& consumer) { consumers_.push_back(&consumer); }
  void publish(EventPayload payload);
  /// Goes on behind an event of that number, which was published so long after the beginning.
  void go_on(std::uint64_t last_sequence, Seconds elapsed);
  void warn(std::string text) { publish(Notice{Notice::Weight::warning, std::move(text)}); }
  void inform(std::string text) { publish(Notice{Notice::Weight::information, std::move(text)}); }

  /// Seconds since the stream was made.
  Seconds elapsed() const { return time_.now() - begun_; }

 private:
  const TimeSource& time_;
  WallClock wall_clock_;
  TimePoint begun_;
  std::uint64_t sequence_ = 0;
  std::vector<EventConsumer*> consumers_;
};

}  // namespace sharder
