// The supervisor's end of a socket to the launcher: frames in and out on the event loop, never blocking it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "containers/agent/protocol.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder {

class FrameSocket : public std::enable_shared_from_this<FrameSocket> {
 public:
  using OnFrame = std::function<void(wire::Frame&)>;
  using OnEnd = std::function<void()>;

  FrameSocket(const boost::asio::any_io_executor& executor, UniqueFd socket);

  /// Calls back for every frame and once at the end (the other side closed, or broke the protocol), from the
  /// event loop, until close(). The callbacks are dropped then.
  void listen(OnFrame on_frame, OnEnd on_end);
  /// Queues a frame; what cannot be sent any more is dropped, since the end is told by listen().
  void send(wire::FrameType type, const std::string& body, std::vector<UniqueFd> descriptors = {});
  void close();

 private:
  struct Outgoing {
    std::string bytes;
    std::size_t sent = 0;
    std::vector<UniqueFd> descriptors;
  };

  void wait_to_read();
  void read();
  void end();
  void flush();
  bool send_one(Outgoing& frame);

  boost::asio::posix::stream_descriptor socket_;
  OnFrame on_frame_;
  OnEnd on_end_;
  wire::Assembler assembler_;
  std::deque<Outgoing> outgoing_;
  bool waiting_to_write_ = false;
};

}  // namespace sharder
