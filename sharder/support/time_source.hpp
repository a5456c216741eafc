// Time as a parameter: the engine asks this, never a clock, so that simulation runs the same code.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace sharder {

/// Points on a monotonic clock that only the time source knows; differences are wall seconds.
using TimePoint = std::chrono::steady_clock::time_point;
using Seconds = std::chrono::duration<double>;

constexpr TimePoint never = TimePoint::max();

/// A callback in the future; destroying it takes the callback back.
class Alarm {
 public:
  virtual ~Alarm() = default;
};

class TimeSource {
 public:
  virtual ~TimeSource() = default;
  virtual TimePoint now() const = 0;
  /// Calls `callback` once, from the event loop, at `when` or as soon as possible after it.
  [[nodiscard]] virtual std::unique_ptr<Alarm> at(TimePoint when, std::function<void()> callback) = 0;
};

/// `when` plus `span`, without overflow for spans that mean "for ever".
inline TimePoint after(TimePoint when, Seconds span) {
  constexpr Seconds century{3.2e9};
  if (span >= century) return never;
  return when + std::chrono::duration_cast<TimePoint::duration>(span);
}

}  // namespace sharder
