#include "sharder/report/mirror/file_destination.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

UniqueFd duplicate_of_standard_output() { return UniqueFd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)); }

}  // namespace

FileDestination::FileDestination(std::filesystem::path path)
    : path_(std::move(path)), name_(path_ == "-" ? "standard output" : path_.string()) {
  std::error_code ignored;
  is_fifo_ = std::filesystem::is_fifo(path_, ignored);
  if (open_for_writing() || (is_fifo_ && errno == ENXIO)) return;
  throw UsageError(fmt::format("--events: cannot open {}: {}", name_, error_text(errno)),
                   "a file in a directory that exists, or - for standard output");
}

bool FileDestination::open_for_writing() {
  constexpr int flags = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  fd_ = path_ == "-" ? duplicate_of_standard_output()
                     : UniqueFd(::open(path_.c_str(), flags | (is_fifo_ ? 0 : O_CREAT), 0644));
  return static_cast<bool>(fd_);
}

/// Standard output is shared with others and stays as it is: it is asked each time whether it would block.
bool FileDestination::has_room() const {
  pollfd ready{fd_.get(), POLLOUT, 0};
  return ::poll(&ready, 1, 0) > 0;
}

std::size_t FileDestination::take(std::string_view bytes) {
  if (!fd_ && (!is_fifo_ || !open_for_writing())) return 0;
  std::size_t taken = 0;
  while (taken < bytes.size() && has_room()) {
    // A pipe that has room has it for this much.
    const std::size_t piece = std::min<std::size_t>(bytes.size() - taken, PIPE_BUF);
    const ssize_t count = ::write(fd_.get(), bytes.data() + taken, piece);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      if (errno != EAGAIN) fail(errno);
      return taken;
    }
    taken += static_cast<std::size_t>(count);
    succeed();
  }
  return taken;
}

void FileDestination::fail(int error) {
  if (error == EPIPE) fd_.reset();
  if (trouble_ == 0)
    news_.push_back({Notice::Weight::warning, error == EPIPE ? fmt::format("events: nobody reads {} any more", name_)
                                                             : fmt::format("events: write {}: {} (it is tried again)",
                                                                           name_, error_text(error))});
  trouble_ = error;
}

void FileDestination::succeed() {
  if (trouble_ != 0) news_.push_back({Notice::Weight::information, fmt::format("events: {} takes lines again", name_)});
  trouble_ = 0;
}

std::vector<Notice> FileDestination::news() { return std::exchange(news_, {}); }

bool FileDestination::wait(std::chrono::milliseconds most) {
  if (closed_ || !fd_ || trouble_ != 0) return false;
  pollfd ready{fd_.get(), POLLOUT, 0};
  ::poll(&ready, 1, static_cast<int>(most.count()));
  return true;
}

}  // namespace sharder
