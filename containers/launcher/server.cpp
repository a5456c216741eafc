#include "containers/launcher/server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "containers/agent/channel.hpp"
#include "containers/cgroups/hierarchies.hpp"
#include "containers/launcher/enclosure.hpp"
#include "containers/launcher/keeper.hpp"
#include "containers/rootfs/layer_image.hpp"
#include "containers/rootfs/mount_calls.hpp"
#include "containers/rootfs/recipe.hpp"
#include "containers/rootfs/storage.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder::launcher {
namespace {

UniqueFd block_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  ::sigprocmask(SIG_SETMASK, &set, nullptr);
  // Ctrl-C is the supervisor's to interpret; it tells us by end of file.
  for (const int signal : {SIGINT, SIGQUIT, SIGHUP, SIGPIPE}) ::signal(signal, SIG_IGN);
  return UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

constexpr const char* resolver_file = "/etc/resolv.conf";

std::string run_group(const RunPlan& plan) {
  return "sharder-" + plan.root.settings.run_id;
}

void tell_missing_limits(const RunPlan& plan, std::vector<std::string>& notices) {
  const std::vector<std::string> missing = cgroups::missing_limits(plan.hierarchies);
  if (missing.empty()) return;
  const char* why = plan.root.means.in_clone
                        ? "this clone's control groups have none for the clones in it, so one can take all it has"
                        : "no control group with them was delegated to this user, so one clone can take all there is "
                          "(systemd-run --user --scope -p Delegate=yes sharder ... has them)";
  notices.push_back("NO LIMITS for " + join(missing, " and ") + ": " + why);
}

}  // namespace

Server::Server(UniqueFd supervisor, std::string trouble)
    : supervisor_(std::move(supervisor)), child_signals_(block_signals()), trouble_(std::move(trouble)) {
  ::setsid();
  ::fcntl(supervisor_.get(), F_SETFD, FD_CLOEXEC);
}

void Server::serve() {
  for (;;) wait_for_work();
}

void Server::wait_for_work() {
  pollfd sources[2] = {{supervisor_.get(), POLLIN, 0}, {child_signals_.get(), POLLIN, 0}};
  if (::poll(sources, 2, -1) < 0) return;
  if (sources[1].revents != 0) reap();
  if (sources[0].revents != 0) hear_supervisor();
}

void Server::hear_supervisor() {
  if (wire::receive_some(supervisor_.get(), assembler_, true) == wire::Received::end) end(false);
  for (;;) {
    wire::Frame frame;
    const wire::Assembler::State state = assembler_.next(frame);
    if (state == wire::Assembler::State::broken) end(false);
    if (state == wire::Assembler::State::incomplete) return;
    obey(frame);
  }
}

void Server::obey(wire::Frame& frame) {
  if (frame.type == wire::FrameType::configure) {
    try {
      std::vector<std::string> notices;
      configure(frame, notices);
      configured_ = true;
      wire::send_frame(supervisor_.get(), wire::FrameType::configured, wire::encode_texts(notices));
    } catch (const UnfitError& error) {
      wire::send_frame(supervisor_.get(), wire::FrameType::refused,
                       wire::encode({error.what(), error.hint(), true}));
    } catch (const Error& error) {
      wire::send_frame(supervisor_.get(), wire::FrameType::refused,
                       wire::encode({error.what(), error.hint(), false}));
    }
  } else if (frame.type == wire::FrameType::make_clone && configured_) {
    make_clone(frame);
    wire::send_frame(supervisor_.get(), wire::FrameType::noted, {});
  } else if (frame.type == wire::FrameType::close_pool) {
    closing_ = true;
    if (keepers_.empty()) end(true);
  }
  for (const int fd : frame.descriptors) ::close(fd);
}

void Server::configure(const wire::Frame& frame, std::vector<std::string>& notices) {
  std::optional<wire::Configure> settings = wire::decode_configure(frame.body);
  if (!settings) throw ContainerError("the launcher does not understand its settings");
  const std::unique_ptr<rootfs::Recipe> recipe = rootfs::choose_recipe();
  if (!trouble_.empty())
    throw UnfitError("cannot " + trouble_,
                     "clones take all of root's capabilities: on the machine itself, or in a container that has them");
  plan_.root = recipe->plan(*settings, notices);
  plan_.hierarchies = cgroups::Hierarchies::detect();
  if (plan_.root.unshifted_ids || plan_.root.means.in_clone) tell_missing_limits(plan_, notices);
  make_run_directory();
  if (plan_.root.settings.bridge) make_bridge();
}

/// The supervisor takes the lock too, and an ordinary user's is not root of our namespace.
void Server::give_to_owner_of(const std::string& runs, const UniqueFd& file) {
  struct stat status {};
  if (::stat(runs.c_str(), &status) != 0 || ::fchown(file.get(), status.st_uid, status.st_gid) != 0)
    throw SystemError("give a run's lock to the owner of " + runs, errno);
}

void Server::make_run_directory() {
  const std::string& directory = plan_.root.settings.run_directory;
  const std::string runs = directory.substr(0, directory.rfind('/'));
  rootfs::make_directories(runs);
  // Whoever cleans holds this lock, so that he never finds our directory made and not locked yet.
  const UniqueFd gate(::open((runs + "/.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!gate || ::flock(gate.get(), LOCK_EX) != 0) throw SystemError("lock " + runs, errno);
  rootfs::make_directory(directory);
  lock_.reset(::open((directory + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock_) throw SystemError("open " + directory + "/lock", errno);
  give_to_owner_of(runs, lock_);
  // Shared with the supervisor: the run is alive as long as one of the two is.
  if (::flock(lock_.get(), LOCK_SH | LOCK_NB) != 0) throw SystemError("lock " + directory, errno);
  // A copy that clones cannot read: not even their root can then trace or inspect PID 1.
  const std::string agent = directory + "/agent";
  const std::string program = read_file(plan_.root.settings.agent_program);
  ::unlink(agent.c_str());
  write_file(agent, program);
  if (::chmod(agent.c_str(), 0111) != 0) throw SystemError("chmod " + agent, errno);
  plan_.root.settings.agent_program = agent;
}

void Server::make_clone(wire::Frame& frame) {
  std::optional<wire::MakeClone> make = wire::decode_make_clone(frame.body);
  if (!make || frame.descriptors.size() != 1) return;
  try {
    mount_layers(*make);
  } catch (const Error& error) {
    const wire::Trouble trouble{error.what(), error.hint(), false};
    wire::send_frame(frame.descriptors[0], wire::FrameType::clone_failed, wire::encode(trouble));
    return;
  }
  make->number = free_number();
  const Kept kept{make->name, make->number};
  const pid_t pid = ::fork();
  if (pid == 0) {
    // A keeper that held its siblings' sockets would keep their clones alive; the lock is the server's alone.
    UniqueFd socket(frame.descriptors[0]);
    supervisor_.reset();
    lock_.reset();
    child_signals_.reset();
    static_cast<void>(bridge_.release());  // undone by the server alone; the keeper still reads its name
    Keeper keeper(plan_, std::move(*make), std::move(socket));
    keeper.serve();
  }
  if (pid > 0) keepers_[pid] = kept;
  if (pid < 0) {
    const wire::Trouble trouble{"fork a launcher: " + error_text(errno), {}, false};
    wire::send_frame(frame.descriptors[0], wire::FrameType::clone_failed, wire::encode(trouble));
  }
}

void Server::make_bridge() {
  bridge_ = std::make_unique<Bridge>();
  plan_.bridge = bridge_.get();
  std::vector<wire::File>& files = plan_.root.settings.extra_files;
  const bool given = std::any_of(files.begin(), files.end(),
                                 [](const wire::File& file) { return file.path == resolver_file; });
  if (given) return;
  // The machine's own file may name a resolver on its loopback, which clones cannot reach.
  std::optional<std::string> servers = read_file_if_any("/run/systemd/resolve/resolv.conf");
  if (!servers) servers = read_file_if_any(resolver_file);
  if (servers) files.push_back({resolver_file, *servers, 0644});
}

unsigned Server::free_number() const {
  for (unsigned number = 0;; ++number) {
    const bool taken = std::any_of(keepers_.begin(), keepers_.end(),
                                   [&](const auto& entry) { return entry.second.number == number; });
    if (!taken) return number;
  }
}

/// An image is mounted once, by one loop device, and shifted per clone. Its path becomes the mount's.
void Server::mount_layers(wire::MakeClone& make) {
  for (std::string& layer : make.layers) {
    const auto known = layers_.find(layer);
    if (known == layers_.end()) {
      const std::string place =
          plan_.root.settings.run_directory + "/layer-" + std::to_string(layers_.size());
      rootfs::make_directory(place);
      if (plan_.root.means.layer_images) {
        rootfs::mount_layer_image(layer, place);
      } else {
        rootfs::unpack_layer_archive(layer, place, plan_.root.settings.disk_bytes);
      }
      layers_[layer] = place;
    }
    layer = layers_.at(layer);
  }
}

void Server::reap() {
  signalfd_siginfo ignored{};
  while (::read(child_signals_.get(), &ignored, sizeof ignored) > 0) continue;
  for (pid_t pid = ::waitpid(-1, nullptr, WNOHANG); pid > 0; pid = ::waitpid(-1, nullptr, WNOHANG)) {
    const auto at = keepers_.find(pid);
    if (at == keepers_.end()) continue;
    remove_clone(at->second.clone);
    keepers_.erase(at);
  }
  if (closing_ && keepers_.empty()) end(true);
}

/// What a keeper leaves that was killed: groups, perhaps a process that liblxc was starting and that waits for its dead
/// parent. The directory holds mount points and a log, nothing else: what was mounted there went with the keeper.
void Server::remove_clone(const std::string& name) {
  const std::string group = run_group(plan_) + "/" + name;
  for (const std::string& each : {group, group + ".monitor"})
    cgroups::end_group(plan_.hierarchies, each);
  std::error_code ignored;
  std::filesystem::remove_all(plan_.root.settings.run_directory + "/" + name, ignored);
  if (plan_.root.settings.storage_on_disk)
    std::filesystem::remove(rootfs::storage_image(plan_.root.settings.run_id, name), ignored);
}

void Server::end(bool tell) {
  end_everybody();
  // It may have made the run's directory and not come any further.
  if (lock_) {
    cgroups::remove_everywhere(plan_.hierarchies, run_group(plan_));
    for (const auto& [image, place] : layers_) ::umount2(place.c_str(), MNT_DETACH);
    std::error_code ignored;
    std::filesystem::remove_all(plan_.root.settings.run_directory, ignored);
    std::filesystem::remove_all("/run/lxc/lock" + plan_.root.settings.run_directory, ignored);
    std::filesystem::remove_all(rootfs::storage_directory(plan_.root.settings.run_id), ignored);
  }
  bridge_.reset();
  if (tell) wire::send_frame(supervisor_.get(), wire::FrameType::pool_closed, {});
  ::_exit(0);
}

}  // namespace sharder::launcher
