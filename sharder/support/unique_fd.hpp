// A file descriptor that closes itself.
#pragma once

#include <utility>

namespace sharder {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  /// Errors of close() are ignored: the descriptor is gone either way, and nothing we write through
  /// one that is closed here relies on close() to report a failed write.
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

/// Both ends of a pipe, close-on-exec. Throws SystemError.
struct Pipe {
  UniqueFd read_end, write_end;
};
Pipe make_pipe();

}  // namespace sharder
