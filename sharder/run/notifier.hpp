// A condition variable for coroutines of one event loop.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sharder {

class Notifier {
 public:
  explicit Notifier(const boost::asio::any_io_executor& executor)
      : timer_(executor, boost::asio::steady_timer::time_point::max()) {}

  /// Suspends until the next notify(). Like a condition variable it is waited for in a loop.
  boost::asio::awaitable<void> wait() {
    constexpr auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
    co_await timer_.async_wait(token);
  }
  /// Wakes all who wait now.
  void notify() { timer_.cancel(); }

 private:
  boost::asio::steady_timer timer_;
};

}  // namespace sharder
