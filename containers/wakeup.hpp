// A place where coroutines wait until somebody on the same loop says that something changed.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "sharder/support/time_source.hpp"

namespace sharder {

class Wakeup {
 public:
  explicit Wakeup(const boost::asio::any_io_executor& executor) : timer_(executor, never) {}

  /// Whoever waits goes on; nobody waiting is fine, since waiters look at the state before they wait.
  void notify() { timer_.cancel(); }

  /// Waits for notify(); many may.
  boost::asio::awaitable<void> wait() {
    co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }

  /// Waits for notify() or the deadline; only one may, since a new deadline wakes whoever waits already.
  boost::asio::awaitable<void> wait_until(TimePoint deadline) {
    timer_.expires_at(deadline);
    co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }

 private:
  boost::asio::steady_timer timer_;
};

}  // namespace sharder
