#include "containers/rootfs/command.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder::rootfs {
namespace {

constexpr std::size_t told_bytes = 1000;

/// Standard input from nowhere, both outputs into `output`, no signal blocked.
class SpawnSettings {
 public:
  explicit SpawnSettings(const UniqueFd& output) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, output.get(), 1);
    ::posix_spawn_file_actions_adddup2(&actions_, output.get(), 2);
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnSettings() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  /// Returns the errno of posix_spawnp().
  int spawn(std::vector<std::string>& words, pid_t& pid) const {
    // The search uses our own PATH, which sharder gave us complete; the program gets the same.
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", language[] = "LC_ALL=C";
    char* environment[] = {path, language, nullptr};
    return ::posix_spawnp(&pid, words[0].c_str(), &actions_, &attributes_, arguments.data(), environment);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

std::string end_of(const UniqueFd& output) {
  const off_t size = ::lseek(output.get(), 0, SEEK_END);
  std::string text(told_bytes, '\0');
  const off_t start = size > static_cast<off_t>(told_bytes) ? size - static_cast<off_t>(told_bytes) : 0;
  const ssize_t got = ::pread(output.get(), text.data(), text.size(), start);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return printable(trim(text));
}

}  // namespace

void run_command(std::vector<std::string> words, const std::string& package) {
  const UniqueFd output(::memfd_create("output", MFD_CLOEXEC));
  if (!output) throw SystemError("make a file for the output of " + words[0], errno);
  pid_t pid = -1;
  const int error = SpawnSettings(output).spawn(words, pid);
  if (error == ENOENT) throw ContainerError("there is no " + words[0], "apt install " + package);
  if (error != 0) throw SystemError("start " + words[0], error);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  if (status != 0) throw ContainerError(quote_command(words) + " failed: " + end_of(output));
}

}  // namespace sharder::rootfs
