#include "containers/frame_socket.hpp"

#include <utility>

#include "containers/agent/channel.hpp"

namespace sharder {

FrameSocket::FrameSocket(const boost::asio::any_io_executor& executor, UniqueFd socket)
    : socket_(executor, socket.release()) {}

void FrameSocket::listen(OnFrame on_frame, OnEnd on_end) {
  on_frame_ = std::move(on_frame);
  on_end_ = std::move(on_end);
  wait_to_read();
}

void FrameSocket::wait_to_read() {
  if (!socket_.is_open()) return;
  socket_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       if (!error) self->read();
                     });
}

void FrameSocket::read() {
  const wire::Received received = wire::receive_some(socket_.native_handle(), assembler_, true);
  while (socket_.is_open()) {
    wire::Frame frame;
    const wire::Assembler::State state = assembler_.next(frame);
    if (state == wire::Assembler::State::broken) return end();
    if (state == wire::Assembler::State::incomplete) break;
    std::vector<UniqueFd> owned;  // nobody sends us descriptors; what comes all the same is closed
    for (const int fd : frame.descriptors) owned.emplace_back(fd);
    // A callback may close us and so drop itself.
    const OnFrame on_frame = on_frame_;
    if (on_frame) on_frame(frame);
  }
  if (received == wire::Received::end) return end();
  wait_to_read();
}

void FrameSocket::end() {
  const OnEnd on_end = std::move(on_end_);
  close();
  if (on_end) on_end();
}

void FrameSocket::close() {
  on_frame_ = nullptr;
  on_end_ = nullptr;
  outgoing_.clear();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void FrameSocket::send(wire::FrameType type, const std::string& body, std::vector<UniqueFd> descriptors) {
  if (!socket_.is_open()) return;
  Outgoing frame;
  frame.bytes = wire::encode_header(type, descriptors.size(), body.size()) + body;
  frame.descriptors = std::move(descriptors);
  outgoing_.push_back(std::move(frame));
  if (!waiting_to_write_) flush();
}

/// False when the socket takes no more for now, or for ever.
bool FrameSocket::send_one(Outgoing& frame) {
  std::vector<int> descriptors;
  if (frame.sent == 0)
    for (const UniqueFd& fd : frame.descriptors) descriptors.push_back(fd.get());
  const long sent = wire::send_some(socket_.native_handle(), frame.bytes.data() + frame.sent,
                                    frame.bytes.size() - frame.sent, descriptors);
  if (sent < 0) {
    outgoing_.clear();  // the end is noticed by reading
    return false;
  }
  frame.sent += static_cast<std::size_t>(sent);
  if (frame.sent < frame.bytes.size()) return sent > 0;
  outgoing_.pop_front();
  return true;
}

void FrameSocket::flush() {
  while (!outgoing_.empty() && send_one(outgoing_.front())) continue;
  if (outgoing_.empty() || !socket_.is_open()) return;
  waiting_to_write_ = true;
  socket_.async_wait(boost::asio::posix::descriptor_base::wait_write,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       self->waiting_to_write_ = false;
                       if (!error) self->flush();
                     });
}

}  // namespace sharder
