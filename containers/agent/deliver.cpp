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
/// What one execution may leave. A sparse file costs nothing to make, but all of its size to keep.
constexpr std::uint64_t max_collected_bytes = 256u << 20;
constexpr std::size_t max_files = 10000;

std::string place_of(const std::string& name) {
  return std::string(files_directory) + "/" + name;
}

bool is_plain_name(const std::string& name) {
  return !name.empty() && name.find('/') == std::string::npos && name != "." && name != "..";
}

/// Opens a regular file below `directory`; -1 otherwise. We are root here, and a test may have put links in the way
/// to what only root may read: none is followed, and nothing above `directory` is reached.
int open_regular(const std::string& directory, const std::string& name, std::uint64_t& size) {
  const int top = ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (top < 0) return -1;
  const int fd = open_beneath(top, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  ::close(top);
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
  const std::string directory = std::string(files_directory) + "/";
  if (run.result_file.compare(0, directory.size(), directory) != 0) return;
  std::uint64_t size = 0;
  const int fd = open_regular(directory, run.result_file.substr(directory.size()), size);
  if (fd < 0) return;
  copy(fd, stream, size);
  ::close(fd);
}

bool deliver_header(const std::string& path, std::uint64_t size, int stream) {
  wire::Writer header;
  header.text(path);
  header.u64(size);
  const std::string bytes = header.take();
  return write_all(stream, bytes.data(), bytes.size());
}

/// What `collect` names, relative to the project.
std::vector<std::string> collected(const wire::Run& run) {
  const std::size_t prefix = run.project.size() + 1;
  std::vector<std::string> paths;
  for (const std::string& pattern : run.collect)
    for (const std::string& path : glob(run.project, pattern, Links::passed_over))
      if (path.compare(0, prefix, run.project + "/") == 0) paths.push_back(path.substr(prefix));
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

void deliver_collected(const wire::Run& run, int stream) {
  std::uint64_t bytes = 0, left_out = 0;
  std::size_t files = 0;
  for (const std::string& path : collected(run)) {
    std::uint64_t size = 0;
    const int fd = open_regular(run.project, path, size);
    if (fd < 0) continue;
    const bool fits = files < max_files && size <= max_collected_bytes - bytes;
    const bool gone = fits && !(deliver_header(path, size, stream) && copy(fd, stream, size));
    ::close(fd);
    if (gone) return;
    if (fits) {
      ++files;
      bytes += size;
    } else {
      ++left_out;
    }
  }
  if (left_out > 0) deliver_header("", left_out, stream);
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
