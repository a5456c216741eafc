#include "containers/bases/tool.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

// What is quoted when a tool fails; more than a screen helps nobody.
constexpr std::size_t quoted_lines = 15;
constexpr std::size_t kept_output_bytes = 64 * 1024;
// After SIGTERM, mmdebstrap unmounts what it mounted. A second Ctrl-C, or this time, ends its patience.
constexpr int grace_milliseconds = 10'000;

std::vector<std::string> tool_environment() {
  std::vector<std::string> environment{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                       "LANG=C.UTF-8", "HOME=/root"};
  for (const char* name : {"http_proxy", "https_proxy", "no_proxy", "TMPDIR"})
    if (const char* value = std::getenv(name)) environment.push_back(fmt::format("{}={}", name, value));
  return environment;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

class SpawnSettings {
 public:
  explicit SpawnSettings(int output) {
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_init(&actions);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    // A group of its own: Ctrl-C at the terminal reaches us alone, and we end the group in order.
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
};

pid_t spawn(std::vector<std::string> command, int output) {
  SpawnSettings settings(output);
  std::vector<std::string> environment = tool_environment();
  pid_t child = 0;
  const int failed = posix_spawnp(&child, command.front().c_str(), &settings.actions, &settings.attributes,
                                  pointers_to(command).data(), pointers_to(environment).data());
  if (failed == ENOENT)
    throw SystemError("run " + command.front(), failed, "apt-get install " + command.front());
  if (failed) throw SystemError("run " + command.front(), failed);
  return child;
}

void read_available(int descriptor, std::string& output) {
  std::array<char, 8192> buffer;
  for (ssize_t length; (length = read(descriptor, buffer.data(), buffer.size())) > 0;) {
    output.append(buffer.data(), static_cast<std::size_t>(length));
    if (output.size() > 2 * kept_output_bytes) output.erase(0, output.size() - kept_output_bytes);
  }
}

std::string last_lines(const std::string& output) {
  std::vector<std::string> lines = split_lines(output);
  if (lines.size() > quoted_lines) lines.erase(lines.begin(), lines.end() - quoted_lines);
  return printable(join(lines, "\n"));
}

struct ToolEnd {
  int status = 0;  // as of waitpid
  std::optional<int> signal;
};

/// Waits for the child's end, not for the end of its output: something that it left running may hold the
/// pipe.
ToolEnd await_end(pid_t child, int output_end, std::string& output, InterruptionGuard* interruption) {
  const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
  if (!process) throw SystemError("pidfd_open", errno);
  ToolEnd end;
  pollfd watched[] = {{process.get(), POLLIN, 0},
                      {interruption ? interruption->descriptor() : -1, POLLIN, 0},
                      {output_end, POLLIN, 0}};
  for (bool ended = false; !ended;) {
    const int ready = poll(watched, 3, end.signal ? grace_milliseconds : -1);
    if (ready < 0 && errno != EINTR) throw SystemError("poll", errno);
    if (ready == 0) kill(-child, SIGKILL);
    if (ready <= 0) continue;
    if (const auto signal = interruption ? interruption->take() : std::nullopt) {
      kill(-child, end.signal ? SIGKILL : SIGTERM);
      end.signal = signal;
    }
    read_available(output_end, output);
    if (watched[2].revents & POLLHUP) watched[2].fd = -1;
    ended = watched[0].revents != 0;
  }
  waitpid(child, &end.status, 0);
  if (end.signal) kill(-child, SIGKILL);
  read_available(output_end, output);
  return end;
}

}  // namespace

void run_tool(const std::vector<std::string>& command, InterruptionGuard* interruption,
              const std::string& name) {
  if (interruption) interruption->check();
  Pipe pipe = make_pipe();
  if (fcntl(pipe.read_end.get(), F_SETFL, O_NONBLOCK) < 0) throw SystemError("fcntl", errno);
  const pid_t child = spawn(command, pipe.write_end.get());
  pipe.write_end.reset();
  std::string output;
  const ToolEnd end = await_end(child, pipe.read_end.get(), output, interruption);
  if (end.signal) throw Interrupted(*end.signal);
  if (WIFEXITED(end.status) && WEXITSTATUS(end.status) == 0) return;
  const std::string how = WIFEXITED(end.status) ? fmt::format("exit status {}", WEXITSTATUS(end.status))
                                                : fmt::format("signal {}", WTERMSIG(end.status));
  throw ContainerError(
      fmt::format("{} failed ({}):\n{}", name.empty() ? command.front() : name, how, last_lines(output)));
}

}  // namespace sharder
