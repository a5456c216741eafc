#include "sharder/run/asio_time_source.hpp"

#include <boost/asio/steady_timer.hpp>

namespace sharder {
namespace {

class TimerAlarm : public Alarm {
 public:
  TimerAlarm(const boost::asio::any_io_executor& executor, TimePoint when, std::function<void()> callback)
      : timer_(executor, when) {
    timer_.async_wait([callback = std::move(callback)](const boost::system::error_code& error) {
      if (!error) callback();
    });
  }

 private:
  boost::asio::steady_timer timer_;
};

}  // namespace

std::unique_ptr<Alarm> AsioTimeSource::at(TimePoint when, std::function<void()> callback) {
  return std::make_unique<TimerAlarm>(executor_, when, std::move(callback));
}

}  // namespace sharder
