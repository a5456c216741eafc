// The running sharder-launcher as the supervisor holds it: starts it, tells it the run's settings, asks for
// clones, and knows when it is gone.
#pragma once

#include <sys/types.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "containers/agent/messages.hpp"
#include "containers/frame_socket.hpp"
#include "containers/programs.hpp"
#include "containers/wakeup.hpp"

namespace sharder {

class LaunchServer : public std::enable_shared_from_this<LaunchServer> {
 public:
  /// Starts the program. One that leaves an order unanswered for longer than `patience` is killed, and everybody with
  /// it. Throws UnfitError.
  LaunchServer(const boost::asio::any_io_executor& executor, const ClonePrograms& programs,
               std::chrono::milliseconds patience);
  ~LaunchServer();
  LaunchServer(const LaunchServer&) = delete;
  LaunchServer& operator=(const LaunchServer&) = delete;

  /// Throws UnfitError or ContainerError where the launcher refuses.
  boost::asio::awaitable<void> configure(wire::Configure settings);
  /// Asks for a clone; returns our end of its socket.
  UniqueFd request_clone(const wire::MakeClone& make);
  /// Waits until every clone is gone and the run's directory removed.
  boost::asio::awaitable<void> close();
  bool gone() const { return gone_; }
  /// What clones will not have, and why; known once configured.
  const std::vector<std::string>& notices() const { return notices_; }

 private:
  void listen();
  void hear(const wire::Frame& frame);
  void order(wire::FrameType type, const std::string& body, std::vector<UniqueFd> descriptors = {});
  void await_answer();

  std::chrono::milliseconds patience_;
  boost::asio::steady_timer overdue_;
  int unanswered_ = 0;  // orders
  pid_t pid_ = -1;      // of the guard, whose death is everybody's
  std::shared_ptr<FrameSocket> socket_;
  Wakeup changed_;
  bool configured_ = false, gone_ = false;
  std::optional<wire::Trouble> refused_;
  std::vector<std::string> notices_;
};

}  // namespace sharder
