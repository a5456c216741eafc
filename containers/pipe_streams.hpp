// The supervisor's ends of a process's pipes, on the event loop: one that reads what comes, one that feeds.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "sharder/support/unique_fd.hpp"

namespace sharder {

class PipeReader : public std::enable_shared_from_this<PipeReader> {
 public:
  using OnBytes = std::function<void(std::string_view)>;
  PipeReader(const boost::asio::any_io_executor& executor, UniqueFd pipe);

  void start(OnBytes on_bytes);
  /// Stops taking bytes; the writer will wait when its pipe is full.
  void pause() { paused_ = true; }
  void resume();
  /// Takes what is there without waiting for the end, then closes: somebody who leaked may hold the pipe for
  /// ever.
  void drain();
  /// The same, but goes on reading into nothing, until the end: a daemon that still writes must not die of
  /// it.
  void drain_and_discard();
  void close();

 private:
  void wait();
  /// False when there is nothing to be had for now, or ever.
  bool read_once();
  void take_what_is_there();

  boost::asio::posix::stream_descriptor pipe_;
  OnBytes on_bytes_;
  bool paused_ = false, waiting_ = false;
};

class PipeWriter : public std::enable_shared_from_this<PipeWriter> {
 public:
  PipeWriter(const boost::asio::any_io_executor& executor, UniqueFd pipe);
  /// Queues bytes. When the reader is gone they are dropped.
  void write(std::string bytes);
  /// End of file for the reader when everything has been written.
  void close_when_written();
  void close();

 private:
  void flush();
  boost::asio::posix::stream_descriptor pipe_;
  std::deque<std::string> queue_;
  std::size_t written_ = 0;  // of the first
  bool waiting_ = false, closing_ = false;
};

}  // namespace sharder
