#include "sharder/report/sink.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

/// Writes as much as goes, cuts it off `bytes`, and returns 0 or the error.
int write_some(int fd, std::string_view& bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

}  // namespace

FileSink::FileSink(std::filesystem::path path, Mode mode) : path_(std::move(path)) {
  const int end = mode == Mode::append ? O_APPEND : O_TRUNC;
  fd_ = UniqueFd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | end, 0644));
  if (!fd_) throw SystemError("open " + path_.string(), errno);
}

void FileSink::write(std::string_view bytes) {
  int error = 0;
  if (!owed_.empty()) {
    std::string_view owed = owed_;
    error = write_some(fd_.get(), owed);
    owed_.erase(0, owed_.size() - owed.size());
  }
  if (error == 0) error = write_some(fd_.get(), bytes);
  if (first_error_ == 0) first_error_ = error;
  if (owed_.size() + bytes.size() <= most_owed)
    owed_ += bytes;
  else
    given_up_ += bytes.size();
}

std::string FileSink::trouble() const {
  if (first_error_ == 0) return {};
  const std::size_t missing = owed_.size() + given_up_;
  const std::string what = fmt::format("write {}: {}", path_.string(), error_text(first_error_));
  return missing == 0 ? what + " (it was made up for later)"
                      : fmt::format("{} ({} bytes are missing)", what, missing);
}

}  // namespace sharder
