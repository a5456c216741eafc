#include "containers/lxc_clone_pool.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>

#include <cerrno>
#include <exception>
#include <filesystem>
#include <utility>

#include "containers/clean.hpp"
#include "containers/launch_server.hpp"
#include "containers/lxc_clone.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/places.hpp"

namespace sharder {
namespace {

wire::Configure to_wire(const ClonePoolSettings& settings, const ClonePrograms& programs) {
  wire::Configure wire;
  wire.run_id = settings.run_id;
  wire.run_directory = run_directory(settings.run_id);
  wire.base_root = settings.base_root;
  wire.agent_program = programs.agent.string();
  wire.project = settings.project;
  wire.project_hidden = settings.project_hidden;
  wire.hide = settings.hide;
  for (const MountSettings& mount : settings.mounts)
    wire.mounts.push_back({mount.source, mount.target, static_cast<wire::MountOrder::Mode>(mount.mode)});
  for (const ExtraFile& file : settings.extra_files)
    wire.extra_files.push_back({file.path, file.content, file.mode});
  wire.user = {
      settings.user.uid, settings.user.gid, {settings.user.groups.begin(), settings.user.groups.end()}};
  wire.home = settings.user.home;
  wire.privileged = settings.privileged;
  wire.nesting = settings.nesting;
  wire.bridge = settings.bridge;
  wire.storage_on_disk = settings.storage_on_disk;
  wire.memory_bytes = settings.memory_bytes;
  wire.disk_bytes = settings.disk_bytes;
  wire.processes = static_cast<std::uint32_t>(settings.processes);
  wire.open_files = static_cast<std::uint32_t>(settings.open_files);
  return wire;
}

constexpr int max_servers_lost = 3;

/// The run's lock beside the server's: should the server die, the run is alive all the same.
UniqueFd share_lock(const std::filesystem::path& directory) {
  UniqueFd lock(::open((directory / "lock").c_str(), O_RDWR | O_CLOEXEC));
  if (!lock || ::flock(lock.get(), LOCK_SH | LOCK_NB) != 0) throw SystemError("lock " + directory.string(), errno);
  return lock;
}

/// Discards the clone that is being started, unless it has been handed over.
struct Unwanted {
  explicit Unwanted(std::shared_ptr<CloneLink> started) : link(std::move(started)) {}
  ~Unwanted() {
    if (link) link->close();
  }
  Unwanted(const Unwanted&) = delete;
  Unwanted& operator=(const Unwanted&) = delete;
  std::shared_ptr<CloneLink> link;
};

}  // namespace

/// The server's start, which many obtain() may wait for.
struct LxcClonePool::Starting {
  explicit Starting(const boost::asio::any_io_executor& executor) : done(executor) {}
  Wakeup done;
  int waiting = 0;
  bool finished = false;
  std::exception_ptr error;
};

std::string run_directory(const std::string& run_id) {
  return (own_places().runs / run_id).string();
}

LxcClonePool::LxcClonePool(boost::asio::any_io_executor executor, ClonePoolSettings settings,
                           ClonePrograms programs)
    : executor_(std::move(executor)), settings_(std::move(settings)), programs_(std::move(programs)) {
  SHARDER_ASSERT(settings_.disk_bytes > 0, "disk_bytes must be set");
  ::signal(SIGPIPE, SIG_IGN);  // a process that closes its input early must not end us
}

LxcClonePool::~LxcClonePool() = default;

/// A server that died took its clones with it; another one makes the next.
void LxcClonePool::replace_dead_server() {
  if (!server_ || !server_->gone()) return;
  if (++servers_lost_ > max_servers_lost)
    throw UnfitError(fmt::format("sharder-launcher died {} times", servers_lost_),
                     "something on this machine kills it: dmesg tells if memory ran out");
  server_.reset();
  starting_.reset();
  clean_after_server(run_directory(settings_.run_id));
}

boost::asio::awaitable<void> LxcClonePool::start_server() {
  replace_dead_server();
  if (starting_) {
    const std::shared_ptr<Starting> starting = starting_;
    while (!starting->finished) co_await starting->done.wait();
    if (starting->error) std::rethrow_exception(starting->error);
    co_return;
  }
  starting_ = std::make_shared<Starting>(executor_);
  const std::shared_ptr<Starting> starting = starting_;
  try {
    const std::filesystem::path directory = run_directory(settings_.run_id);
    clean_dead_runs(directory.parent_path(), settings_.run_id);
    server_ = std::make_shared<LaunchServer>(executor_, programs_, settings_.server_patience);
    wire::Configure settings = to_wire(settings_, programs_);
    co_await server_->configure(std::move(settings));
    if (!lock_) lock_ = share_lock(directory);
  } catch (const Error&) {
    starting->error = std::current_exception();
  }
  starting->finished = true;
  starting->done.notify();
  if (starting->error) std::rethrow_exception(starting->error);
}

boost::asio::awaitable<std::unique_ptr<Clone>> LxcClonePool::obtain(CloneRequest request) {
  co_await start_server();
  wire::MakeClone make;
  make.number = next_number_++;
  make.name = settings_.run_id + "-" + std::to_string(make.number);
  make.cpus = request.place.cpus;
  make.memory_node = request.place.memory_node;
  make.layers = request.layers;
  const auto link = std::make_shared<CloneLink>(executor_, make.name, server_->request_clone(make));
  link->listen();
  // Whoever stops waiting does not want the clone any more.
  Unwanted unwanted{link};
  co_await link->wait_until_ready();
  co_return std::make_unique<LxcClone>(std::exchange(unwanted.link, nullptr), settings_.project);
}

std::vector<std::string> LxcClonePool::notices() const {
  return server_ ? server_->notices() : std::vector<std::string>();
}

boost::asio::awaitable<void> LxcClonePool::close() {
  if (!server_) co_return;
  const std::shared_ptr<LaunchServer> server = std::exchange(server_, nullptr);
  co_await server->close();
  // Of a server that died in the end everything is left; without our lock the run counts as dead.
  lock_.reset();
  const std::filesystem::path directory = run_directory(settings_.run_id);
  std::error_code ignored;
  if (std::filesystem::exists(directory, ignored)) clean_dead_runs(directory.parent_path());
}

}  // namespace sharder
