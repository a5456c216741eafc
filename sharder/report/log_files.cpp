#include "sharder/report/log_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>

#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

std::uint32_t fnv1a(std::string_view text) {
  std::uint32_t hash = 2166136261u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

/// Returns 0 or an error. The log is the output; the framework's own account follows where the output lacks
/// it.
int write_log(int fd, const AttemptRecord& record) {
  std::string rest;
  if (!record.details.empty() && record.output.find(record.details) == std::string::npos) {
    if (!record.output.empty()) rest = record.output.back() == '\n' ? "\n" : "\n\n";
    rest += record.details;
    if (rest.back() != '\n') rest += '\n';
  }
  for (std::string_view bytes : {std::string_view(record.output), std::string_view(rest)}) {
    while (!bytes.empty()) {
      const ssize_t count = ::write(fd, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return errno;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  return 0;
}

}  // namespace

std::string log_path(std::string_view test_id, int attempt) {
  constexpr std::size_t longest_name = 100;  // of the 255 bytes that file systems allow
  std::string name;
  // The end of an id tells more than its beginning, which many tests share.
  const std::size_t skipped = test_id.size() - std::min(test_id.size(), longest_name);
  for (const char c : test_id.substr(skipped)) {
    const bool safe = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
    if (safe)
      name += c;
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  while (!name.empty() && (name.front() == '.' || name.front() == '-')) name.erase(0, 1);
  return fmt::format("logs/{}-{:08x}.attempt{}.log", name, fnv1a(test_id), attempt);
}

LogFiles::LogFiles(std::filesystem::path directory) : directory_(std::move(directory)) {
  std::error_code error;
  std::filesystem::create_directories(directory_ / "logs", error);
  if (error) throw SystemError("make " + (directory_ / "logs").string(), error.value());
  directory_fd_ = UniqueFd(::open(directory_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory_fd_) throw SystemError("open " + directory_.string(), errno);
}

void LogFiles::consume(const Event& event) {
  if (const auto* listed = std::get_if<TestListed>(&event.payload))
    tests_.push_back(listed->test);
  else if (const auto* finished = std::get_if<AttemptFinished>(&event.payload))
    write(finished->record);
}

void LogFiles::write(const AttemptRecord& record) {
  if (!has_log(record)) return;
  SHARDER_ASSERT(record.test < tests_.size());
  const std::string path = log_path(tests_[record.test]->id, record.attempt);
  const UniqueFd fd(::openat(directory_fd_.get(), path.c_str(),
                             O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  const int error = fd ? write_log(fd.get(), record) : errno;
  if (error != 0 && trouble_.empty())
    trouble_ = fmt::format("write {}: {}", (directory_ / path).string(), error_text(error));
}

std::string LogFiles::finish() {
  return trouble_;
}

}  // namespace sharder
