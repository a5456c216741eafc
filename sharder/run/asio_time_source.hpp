// The real time: the monotonic clock and timers of the event loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "sharder/support/time_source.hpp"

namespace sharder {

class AsioTimeSource : public TimeSource {
 public:
  explicit AsioTimeSource(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  std::unique_ptr<Alarm> at(TimePoint when, std::function<void()> callback) override;

 private:
  boost::asio::any_io_executor executor_;
};

}  // namespace sharder
