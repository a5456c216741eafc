#include "sharder/report/mirror/broker_destination.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>
#include <utility>

#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

/// exec with the socket as standard input and nothing else of ours, in a session of its own: a Ctrl-C is for the run,
/// whose end is to be told.
pid_t start_program(const std::string& path, const UniqueFd& socket) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, socket.get(), STDIN_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  std::string name = "sharder-mirror";
  char* arguments[] = {name.data(), nullptr};
  char* environment[] = {nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, path.c_str(), &actions, &attributes, arguments, environment);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0) throw SystemError("start " + path, error);
  return pid;
}

}  // namespace

BrokerDestination::BrokerDestination(std::string name, const std::filesystem::path& program,
                                     const std::string& settings)
    : name_(std::move(name)) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw SystemError("make a socket", errno);
  socket_ = UniqueFd(ends[0]);
  const UniqueFd theirs(ends[1]);
  pid_ = start_program(program.string(), theirs);
  const std::string line = settings + "\n";
  if (take(line) != line.size()) throw SystemError("speak to " + program.string(), EPIPE);
}

BrokerDestination::~BrokerDestination() {
  socket_.reset();
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::size_t BrokerDestination::take(std::string_view bytes) {
  if (!socket_) return 0;
  const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  // That there is nobody any more, hear() finds, which knows what was said last.
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

std::vector<Notice> BrokerDestination::news() {
  hear();
  return std::exchange(news_, {});
}

void BrokerDestination::hear() {
  while (socket_) {
    char bytes[4096];
    const ssize_t count = ::recv(socket_.get(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) return lose_process();
    heard_.append(bytes, static_cast<std::size_t>(count));
    for (std::size_t end = heard_.find('\n'); end != std::string::npos; end = heard_.find('\n')) {
      hear_line(heard_.substr(0, end));
      heard_.erase(0, end + 1);
    }
  }
}

void BrokerDestination::hear_line(const std::string& line) {
  const nlohmann::json said = nlohmann::json::parse(line, nullptr, false);
  if (!said.is_object()) return;
  delivered_ = said.value("delivered", delivered_);
  if (!said.contains("reached")) return;
  reached_ = said.value("reached", false);
  news_.push_back({reached_ ? Notice::Weight::information : Notice::Weight::warning,
                   reached_ ? fmt::format("events: {} is there again", name_)
                            : fmt::format("events: {}: {} (the run goes on without it, and it is tried again)", name_,
                                          said.value("why", "no reason is known"))});
}

void BrokerDestination::lose_process() {
  socket_.reset();
  reached_ = false;
  int status = 0;
  ::kill(pid_, SIGKILL);  // one that has only closed its end is of no use
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  if (closed_ && WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  news_.push_back({Notice::Weight::warning,
                   fmt::format("events: sharder-mirror ended ({}): nothing more goes to {}",
                               WIFSIGNALED(status) ? fmt::format("signal {}", WTERMSIG(status))
                                                   : fmt::format("exit status {}", WEXITSTATUS(status)),
                               name_)});
}

void BrokerDestination::close() {
  closed_ = true;
  if (socket_) ::shutdown(socket_.get(), SHUT_WR);
}

bool BrokerDestination::wait(std::chrono::milliseconds most) {
  hear();
  if (!reached_) return false;
  pollfd ready{socket_.get(), static_cast<short>(closed_ ? POLLIN : POLLIN | POLLOUT), 0};
  ::poll(&ready, 1, static_cast<int>(most.count()));
  hear();
  return reached_;
}

}  // namespace sharder
