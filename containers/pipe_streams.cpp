#include "containers/pipe_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace sharder {
namespace {

/// Bounds what a process that goes on writing can make drain() take.
constexpr std::size_t max_drained_bytes = 4u << 20;

int non_blocking(UniqueFd pipe) {
  ::fcntl(pipe.get(), F_SETFL, O_NONBLOCK);
  return pipe.release();
}

/// One buffer for all pipes: bytes are handed on before the next read.
std::array<char, 65536>& shared_buffer() {
  static std::array<char, 65536> buffer;
  return buffer;
}

}  // namespace

PipeReader::PipeReader(const boost::asio::any_io_executor& executor, UniqueFd pipe)
    : pipe_(executor, non_blocking(std::move(pipe))) {}

void PipeReader::start(OnBytes on_bytes) {
  on_bytes_ = std::move(on_bytes);
  wait();
}

void PipeReader::resume() {
  paused_ = false;
  wait();
}

void PipeReader::wait() {
  if (waiting_ || paused_ || !pipe_.is_open()) return;
  waiting_ = true;
  pipe_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                   [self = shared_from_this()](const boost::system::error_code& error) {
                     self->waiting_ = false;
                     if (error) return;
                     self->read_once();
                     self->wait();
                   });
}

bool PipeReader::read_once() {
  if (!pipe_.is_open()) return false;
  auto& buffer = shared_buffer();
  const ssize_t got = ::read(pipe_.native_handle(), buffer.data(), buffer.size());
  if (got > 0) {
    if (on_bytes_) on_bytes_({buffer.data(), static_cast<std::size_t>(got)});
    return true;
  }
  if (got == 0 || (errno != EAGAIN && errno != EINTR)) close();
  return false;
}

void PipeReader::take_what_is_there() {
  std::size_t taken = 0;
  while (taken < max_drained_bytes && read_once()) taken += shared_buffer().size();
}

void PipeReader::drain() {
  take_what_is_there();
  close();
}

void PipeReader::drain_and_discard() {
  take_what_is_there();
  on_bytes_ = nullptr;
  resume();
}

void PipeReader::close() {
  on_bytes_ = nullptr;
  boost::system::error_code ignored;
  pipe_.close(ignored);
}

PipeWriter::PipeWriter(const boost::asio::any_io_executor& executor, UniqueFd pipe)
    : pipe_(executor, non_blocking(std::move(pipe))) {}

void PipeWriter::write(std::string bytes) {
  if (!pipe_.is_open() || closing_ || bytes.empty()) return;
  queue_.push_back(std::move(bytes));
  if (!waiting_) flush();
}

void PipeWriter::close_when_written() {
  closing_ = true;
  if (queue_.empty()) close();
}

void PipeWriter::close() {
  queue_.clear();
  boost::system::error_code ignored;
  pipe_.close(ignored);
}

void PipeWriter::flush() {
  while (pipe_.is_open() && !queue_.empty()) {
    const std::string& bytes = queue_.front();
    const ssize_t count = ::write(pipe_.native_handle(), bytes.data() + written_, bytes.size() - written_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    if (count < 0) return close();
    written_ += static_cast<std::size_t>(count);
    if (written_ < bytes.size()) continue;
    queue_.pop_front();
    written_ = 0;
  }
  if (queue_.empty()) {
    if (closing_) close();
    return;
  }
  waiting_ = true;
  pipe_.async_wait(boost::asio::posix::descriptor_base::wait_write,
                   [self = shared_from_this()](const boost::system::error_code& error) {
                     self->waiting_ = false;
                     if (!error) self->flush();
                   });
}

}  // namespace sharder
