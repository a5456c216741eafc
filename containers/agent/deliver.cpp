#include "containers/agent/deliver.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "containers/agent/glob.hpp"
#include "containers/agent/protocol.hpp"
#include "containers/agent/system.hpp"

namespace sharder::agent {
namespace {

constexpr std::uint64_t max_file_bytes = 64u << 20;
constexpr std::size_t max_files = 10000;

std::string place_of(const std::string& name) {
  return std::string(files_directory) + "/" + name;
}

bool is_plain_name(const std::string& name) {
  return !name.empty() && name.find('/') == std::string::npos && name != "." && name != "..";
}

/// Opens a regular file without following a link at its end; -1 otherwise.
int open_regular(const std::string& path, std::uint64_t& size) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return -1;
  struct stat status {};
  if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
    size = std::min(static_cast<std::uint64_t>(status.st_size), max_file_bytes);
    return fd;
  }
  ::close(fd);
  return -1;
}

/// Copies exactly `size` bytes, zeros where the file has become shorter. False when the reader is gone.
bool copy(int from, int to, std::uint64_t size) {
  static char buffer[65536];
  while (size > 0) {
    const std::size_t want = static_cast<std::size_t>(std::min<std::uint64_t>(size, sizeof buffer));
    const ssize_t got = ::read(from, buffer, want);
    if (got <= 0) std::fill_n(buffer, want, '\0');
    const std::size_t count = got > 0 ? static_cast<std::size_t>(got) : want;
    if (!write_all(to, buffer, count)) return false;
    size -= count;
  }
  return true;
}

void deliver_result(const wire::Run& run, int stream) {
  std::uint64_t size = 0;
  const int fd = open_regular(run.result_file, size);
  if (fd < 0) return;
  copy(fd, stream, size);
  ::close(fd);
}

bool deliver_file(const std::string& path, const std::string& project, int stream) {
  std::uint64_t size = 0;
  const int fd = open_regular(path, size);
  if (fd < 0) return true;
  wire::Writer header;
  header.text(path.substr(project.size() + 1));
  header.u64(size);
  const std::string bytes = header.take();
  const bool delivered = write_all(stream, bytes.data(), bytes.size()) && copy(fd, stream, size);
  ::close(fd);
  return delivered;
}

void deliver_collected(const wire::Run& run, int stream) {
  std::vector<std::string> paths;
  for (const std::string& pattern : run.collect)
    for (std::string& path : glob(run.project, pattern))
      if (path.compare(0, run.project.size() + 1, run.project + "/") == 0) paths.push_back(std::move(path));
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  if (paths.size() > max_files) paths.resize(max_files);
  for (const std::string& path : paths)
    if (!deliver_file(path, run.project, stream)) return;
}

}  // namespace

std::string place_files(const wire::Run& run) {
  if (run.files.empty() && run.result_file.empty()) return {};
  if (::chown(files_directory, run.person.uid, run.person.gid) != 0)
    return std::string("chown ") + files_directory + ": " + error_text(errno);
  if (!run.result_file.empty()) ::unlink(run.result_file.c_str());
  for (const wire::File& file : run.files) {
    if (!is_plain_name(file.path)) return "place file " + file.path + ": not a plain name";
    const std::string path = place_of(file.path);
    ::unlink(path.c_str());
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, file.mode);
    if (fd < 0) return "create " + path + ": " + error_text(errno);
    const bool written =
        write_all(fd, file.content.data(), file.content.size()) && ::fchmod(fd, file.mode) == 0;
    const int error = errno;
    ::close(fd);
    if (!written) return "write " + path + ": " + error_text(error);
  }
  return {};
}

void remove_files(const wire::Run& run) {
  for (const wire::File& file : run.files) ::unlink(place_of(file.path).c_str());
  if (!run.result_file.empty()) ::unlink(run.result_file.c_str());
}

bool delivers(const wire::Run& run, const Streams& streams) {
  return (!run.result_file.empty() && streams.result >= 0) || (!run.collect.empty() && streams.collect >= 0);
}

void deliver(const wire::Run& run, const Streams& streams) {
  if (!run.result_file.empty() && streams.result >= 0) deliver_result(run, streams.result);
  if (!run.collect.empty() && streams.collect >= 0) deliver_collected(run, streams.collect);
}

}  // namespace sharder::agent
