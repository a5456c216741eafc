// Time that passes only when nothing else can happen: when the loop is idle, it jumps to the next alarm.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>

#include "sharder/support/time_source.hpp"

namespace sharder {

class VirtualTime : public TimeSource {
 public:
  TimePoint now() const override { return now_; }
  std::unique_ptr<Alarm> at(TimePoint when, std::function<void()> callback) override;

  /// Runs the loop, jumping from alarm to alarm, until `done` or until nothing is left to happen. Returns whether
  /// `done` came true; if not, every coroutine waits for something that never comes.
  bool run(boost::asio::io_context& io, const std::function<bool()>& done);

 private:
  class PendingAlarm;
  using Alarms = std::multimap<TimePoint, PendingAlarm*>;

  TimePoint now_{std::chrono::hours(1)};
  Alarms alarms_;
};

}  // namespace sharder
