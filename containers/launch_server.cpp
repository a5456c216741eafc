#include "containers/launch_server.hpp"

#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

/// Discarding everything takes tens of milliseconds, and seconds on a machine that swaps.
constexpr std::chrono::seconds end_patience{10};
constexpr std::chrono::milliseconds look_pause{1};

struct SocketPair {
  UniqueFd ours, theirs;
};

SocketPair make_socket_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw ContainerError("make a socket: " + error_text(errno), "ulimit -n");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// exec with the socket as descriptor 3 and nothing else of ours.
pid_t start_program(const std::string& path, const UniqueFd& socket) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", 0, 0);
  ::posix_spawn_file_actions_adddup2(&actions, socket.get(), 3);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, 4);
  std::string name = "sharder-launcher";
  char* arguments[] = {name.data(), nullptr};
  char path_entry[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  char* environment[] = {path_entry, nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, path.c_str(), &actions, nullptr, arguments, environment);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw UnfitError("start " + path + ": " + error_text(error));
  return pid;
}

/// The guard ends with the server. One that was stopped goes on; one that all the same does not end in time is killed,
/// and everybody with it.
void reap(pid_t guard) {
  SHARDER_ASSERT(guard > 0);  // other numbers mean many processes
  ::kill(guard, SIGCONT);
  const TimePoint deadline = std::chrono::steady_clock::now() + end_patience;
  while (::waitpid(guard, nullptr, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) ::kill(guard, SIGKILL);
    std::this_thread::sleep_for(look_pause);
  }
}

}  // namespace

LaunchServer::LaunchServer(const boost::asio::any_io_executor& executor, const ClonePrograms& programs,
                           std::chrono::milliseconds patience)
    : patience_(patience), overdue_(executor), changed_(executor) {
  SocketPair pair = make_socket_pair();
  pid_ = start_program(programs.launcher.string(), pair.theirs);
  socket_ = std::make_shared<FrameSocket>(executor, std::move(pair.ours));
}

LaunchServer::~LaunchServer() {
  // End of file makes it discard everything and end.
  socket_->close();
  if (pid_ > 0) reap(pid_);
}

void LaunchServer::listen() {
  const std::weak_ptr<LaunchServer> weak = weak_from_this();
  socket_->listen(
      [weak](wire::Frame& frame) {
        if (const auto self = weak.lock()) self->hear(frame);
      },
      [weak] {
        const auto self = weak.lock();
        if (!self) return;
        self->gone_ = true;
        self->overdue_.cancel();
        self->changed_.notify();
      });
}

void LaunchServer::order(wire::FrameType type, const std::string& body, std::vector<UniqueFd> descriptors) {
  socket_->send(type, body, std::move(descriptors));
  if (unanswered_++ == 0) await_answer();
}

/// It was stopped, or hangs in the kernel: what it has made lives on, but nothing new comes of it.
void LaunchServer::await_answer() {
  overdue_.expires_after(patience_);
  overdue_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self && self->unanswered_ > 0 && self->pid_ > 0) ::kill(self->pid_, SIGKILL);
  });
}

void LaunchServer::hear(const wire::Frame& frame) {
  if (--unanswered_ > 0) await_answer();
  if (frame.type == wire::FrameType::configured) {
    configured_ = true;
    notices_ = wire::decode_texts(frame.body).value_or(std::vector<std::string>());
  }
  if (frame.type == wire::FrameType::refused)
    refused_ =
        wire::decode_trouble(frame.body).value_or(wire::Trouble{"the launcher speaks nonsense", {}, false});
  changed_.notify();
}

boost::asio::awaitable<void> LaunchServer::configure(wire::Configure settings) {
  const auto self = shared_from_this();
  listen();
  order(wire::FrameType::configure, wire::encode(settings));
  while (!configured_ && !refused_ && !gone_) co_await changed_.wait();
  if (refused_ && refused_->unfit) throw UnfitError(refused_->message, refused_->hint);
  if (refused_) throw ContainerError(refused_->message, refused_->hint);
  if (gone_) throw ContainerError("sharder-launcher ended unexpectedly");
}

UniqueFd LaunchServer::request_clone(const wire::MakeClone& make) {
  if (gone_) throw ContainerError("sharder-launcher ended unexpectedly");
  SocketPair pair = make_socket_pair();
  std::vector<UniqueFd> descriptors;
  descriptors.push_back(std::move(pair.theirs));
  order(wire::FrameType::make_clone, wire::encode(make), std::move(descriptors));
  return std::move(pair.ours);
}

boost::asio::awaitable<void> LaunchServer::close() {
  const auto self = shared_from_this();
  order(wire::FrameType::close_pool, {});
  // A server or a keeper that somebody stopped does not hear: then the kernel ends everybody.
  const TimePoint deadline = std::chrono::steady_clock::now() + end_patience;
  while (!gone_ && std::chrono::steady_clock::now() < deadline) co_await changed_.wait_until(deadline);
  if (!gone_ && pid_ > 0) ::kill(pid_, SIGKILL);
  while (!gone_) co_await changed_.wait_until(never);
  if (pid_ > 0) reap(std::exchange(pid_, -1));
}

}  // namespace sharder
