#include "containers/launcher/keeper.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "containers/agent/channel.hpp"
#include "containers/cgroups/delegation.hpp"
#include "containers/cgroups/hierarchies.hpp"
#include "containers/cgroups/limits.hpp"
#include "containers/launcher/container.hpp"
#include "containers/launcher/container_settings.hpp"
#include "containers/launcher/seccomp_profile.hpp"
#include "containers/launcher/stuck_start.hpp"
#include "containers/rootfs/mount_calls.hpp"
#include "containers/rootfs/recipe.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder::launcher {
namespace {

/// How often a clone that starts is looked at, and for how long at most: milliseconds are usual, a machine that swaps
/// takes seconds.
constexpr int look_ms = 1000, most_looks = 30;
/// An agent that does not read its orders for so long is broken; it never has reason to wait itself.
constexpr timeval agent_patience{10, 0};
/// A clone's end takes 4 ms; a machine that swaps takes longer.
constexpr int end_patience_ms = 2000;
/// How often the groups of a killed clone are tried, a millisecond apart.
constexpr int max_removals = 100;

UniqueFd child_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  ::sigprocmask(SIG_SETMASK, &set, nullptr);
  return UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

void drain(const UniqueFd& signals) {
  signalfd_siginfo ignored{};
  while (::read(signals.get(), &ignored, sizeof ignored) > 0) continue;
}

std::string host_name() {
  char name[256] = "clone";
  ::gethostname(name, sizeof name - 1);
  return name;
}

/// "" where nothing was short.
std::string cure_of_shortage(const Error& error) {
  const auto* call = dynamic_cast<const SystemError*>(&error);
  switch (call == nullptr ? 0 : call->error_number()) {
    case EAGAIN: return "too many processes for now: ulimit -u, and pids.max of the control group";
    case EMFILE:
    case ENFILE: return "too many open files: ulimit -n, sysctl fs.file-max";
    case ENOMEM: return "memory is short: fewer workers (-j), or memory in [clones]";
    case ENOSPC: return "no space left on the device: df -h /run /var/lib/sharder, sysctl user.max_user_namespaces";
    default: return "";
  }
}

rootfs::ClonesIds ids_for(std::uint32_t base, const wire::Person& user) {
  rootfs::ClonesIds ids{rootfs::IdMap(base), rootfs::IdMap(base)};
  ids.users.include(user.uid);
  ids.groups.include(user.gid);
  for (const std::uint32_t group : user.groups) ids.groups.include(group);
  return ids;
}

}  // namespace

Keeper::Keeper(const RunPlan& plan, wire::MakeClone make, UniqueFd supervisor)
    : plan_(plan),
      make_(std::move(make)),
      supervisor_(std::move(supervisor)),
      directory_(plan.root.settings.run_directory + "/" + make_.name),
      group_("sharder-" + plan.root.settings.run_id + "/" + make_.name) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  child_signals_ = child_signals();
}

Keeper::~Keeper() = default;

void Keeper::serve() {
  try {
    start();
  } catch (const Error& error) {
    give_up(explain(error));
  }
  for (;;) {
    try {
      wait_for_work();
    } catch (const Error& error) {
      clone_is_gone(error.what());
    }
  }
}

void Keeper::start() {
  if (::unshare(CLONE_NEWNS) != 0) throw SystemError("make a mount namespace", errno);
  rootfs::make_directory(directory_);
  if (::chdir(directory_.c_str()) != 0) throw SystemError("enter " + directory_, errno);
  rootfs::ClonesIds ids{rootfs::IdMap::identity(), rootfs::IdMap::identity()};
  if (plan_.root.unshifted_ids) {
    ids = *plan_.root.unshifted_ids;
    user_namespace_ = rootfs::make_user_namespace(ids, ids.users.base());
  } else if (plan_.root.means.own_ids) {
    range_ = rootfs::IdRange::reserve();
    ids = ids_for(range_->base(), plan_.root.settings.user);
    user_namespace_ = rootfs::make_user_namespace(ids, range_->base());
  }
  root_ = std::make_unique<rootfs::CloneRoot>(plan_.root, make_, directory_, std::move(ids));
  const UniqueFd unshifted;
  root_->build(plan_.root.unshifted_ids ? unshifted : user_namespace_);
  start_container();
  wait_for_agent();
  tell_ready();
}

ContainerPlan Keeper::plan_container() const {
  const wire::Configure& settings = plan_.root.settings;
  ContainerPlan plan;
  plan.plan = &plan_.root;
  plan.root = root_.get();
  plan.directory = directory_;
  plan.group = group_;
  plan.host_name = host_name();
  plan.user_namespace = user_namespace_.get();
  // What is written counts as memory too; without its share a full disk would kill instead of giving ENOSPC.
  const std::uint64_t written = settings.storage_on_disk ? 0 : settings.disk_bytes;
  const std::uint64_t memory = settings.memory_bytes == 0 ? 0 : settings.memory_bytes + written;
  // Memory that is near is a matter of speed: where it cannot be had, any will do.
  const int node = make_.memory_node;
  const bool near = node >= 0 && cgroups::may_use_memory_node(node, read_file_if_any("/proc/self/status").value_or(""));
  cgroups::Limits limits{memory, settings.processes, make_.cpus, near ? node : -1};
  const bool others_groups = plan_.root.unshifted_ids || plan_.root.means.in_clone;
  if (others_groups) limits = cgroups::as_far_as_possible(limits, plan_.hierarchies);
  plan.limits = cgroups::settings_for(limits, plan_.hierarchies);
  plan.delegated_groups = plan_.hierarchies.delegated();
  plan.limited_already = plan_.hierarchies.delegated_tree() != nullptr;
  if (plan_.bridge != nullptr) {
    plan.bridge = plan_.bridge->name();
    plan.address = plan_.bridge->address_of(make_.number);
  }
  plan.devices_v1 = plan_.hierarchies.find("devices") != nullptr;
  return plan;
}

/// In a delegated tree of v2 liblxc finds the group made, with its limits.
std::string Keeper::limited_group(const ContainerPlan& plan) const {
  if (!plan.limited_already) return {};
  return cgroups::make_limited_group(*plan_.hierarchies.delegated_tree(), group_, plan.limits);
}

void Keeper::start_container() {
  ContainerPlan plan = plan_container();
  plan.seccomp_profile = directory_ + "/seccomp";
  write_file(plan.seccomp_profile, seccomp_profile(plan_.root.settings.privileged));
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw SystemError("make a socket", errno);
  agent_.reset(ends[0]);
  const UniqueFd clone_end(ends[1]);
  ::setsockopt(agent_.get(), SOL_SOCKET, SO_SNDTIMEO, &agent_patience, sizeof agent_patience);

  // run_container() closes what lies below the channel's number.
  const UniqueFd high(user_namespace_ ? ::fcntl(user_namespace_.get(), F_DUPFD_CLOEXEC, 64) : -1);
  plan.user_namespace = high.get();
  const ContainerSpec spec{make_.name,
                           plan_.root.settings.run_directory,
                           directory_ + "/lxc.log",
                           container_items(plan),
                           clone_end.get(),
                           !plan_.root.means.own_ids,
                           plan_.root.settings.open_files,
                           limited_group(plan)};
  container_ = ::fork();
  if (container_ < 0) throw SystemError("fork", errno);
  if (container_ == 0) run_container(spec);
}

void Keeper::wait_for_agent() {
  for (int looks = 0; looks < most_looks;) {
    pollfd sources[3] = {
        {agent_.get(), POLLIN, 0}, {child_signals_.get(), POLLIN, 0}, {supervisor_.get(), POLLIN, 0}};
    const int ready = ::poll(sources, 3, look_ms);
    if (ready < 0) continue;
    if (ready == 0) ++looks;
    if (ready == 0 && waits_for_the_dead(container_)) break;
    if ((sources[2].revents & (POLLHUP | POLLERR)) != 0) discard();
    if (sources[0].revents != 0) {
      const bool gone = wire::receive_some(agent_.get(), from_agent_, false) == wire::Received::end;
      wire::Frame frame;
      const wire::Assembler::State state = from_agent_.next(frame);
      if (state == wire::Assembler::State::frame && frame.type == wire::FrameType::hello) return;
      if (gone || state != wire::Assembler::State::incomplete) break;
    }
    if (sources[1].revents != 0) {
      drain(child_signals_);
      if (::waitpid(container_, nullptr, WNOHANG) == container_) break;
    }
  }
  if (cgroups::Counters(plan_.hierarchies, group_).read_start().out_of_memory > 0)
    throw ContainerError("clone \"" + make_.name + "\" ran out of memory while it started",
                         "more `memory` in [clones]");
  throw ContainerError("clone \"" + make_.name + "\" did not start" + log_tail());
}

void Keeper::tell_ready() {
  cgroups::verify(plan_container().limits, plan_.hierarchies, group_);
  counters_ = cgroups::Counters(plan_.hierarchies, group_);
  ready_ = true;
  wire::send_frame(supervisor_.get(), wire::FrameType::clone_ready, wire::encode_text(make_.name));
}

std::string Keeper::log_tail() const {
  const std::string log = read_file_if_any(directory_ + "/lxc.log").value_or("");
  const std::vector<std::string> lines = split_lines(log);
  std::string tail;
  for (std::size_t i = lines.size() > 5 ? lines.size() - 5 : 0; i < lines.size(); ++i)
    tail += "\n  " + printable(lines[i]);
  return tail.empty() ? "" : ":" + tail;
}

/// Why the clone did not start, if there is a reason why none can; else what went wrong.
wire::Trouble Keeper::explain(const Error& error) const {
  // A full machine is not an unfit one, and trying things out would fail for the same reason.
  if (const std::string cure = cure_of_shortage(error); !cure.empty()) return {error.what(), cure, false};
  try {
    rootfs::choose_recipe()->explain_failure(plan_.root.settings);
  } catch (const UnfitError& unfit) {
    return {unfit.what(), unfit.hint(), true};
  } catch (const Error& other) {
    return {std::string(error.what()) + " (and looking for the reason: " + other.what() + ")", error.hint(),
            false};
  }
  return {error.what(), error.hint(), false};
}

void Keeper::give_up(const wire::Trouble& trouble) {
  wire::send_frame(supervisor_.get(), wire::FrameType::clone_failed, wire::encode(trouble));
  discard();
}

void Keeper::discard() {
  if (container_ > 0) kill_container();
  ::_exit(0);
}

/// liblxc takes leave of a container by looking at every file of its groups, some 400 system calls. Killed it takes the
/// clone's init along, and what remains is to remove empty directories.
void Keeper::kill_container() {
  ::kill(container_, SIGKILL);
  ::waitpid(std::exchange(container_, -1), nullptr, 0);
  const std::string monitor = group_ + ".monitor";
  // An init that has only just been cloned does not yet die with its parent: liblxc has not told it to.
  if (!ready_) {
    cgroups::end_group(plan_.hierarchies, monitor);
    cgroups::end_group(plan_.hierarchies, group_);
    return;
  }
  pollfd agent{agent_.get(), 0, 0};  // hangs up with the agent's end
  ::poll(&agent, 1, end_patience_ms);
  // The last processes leave their groups a moment after. What stays all the same, the server removes.
  for (int i = 0; i < max_removals; ++i) {
    const bool monitor_gone = cgroups::remove_everywhere(plan_.hierarchies, monitor);
    if (cgroups::remove_everywhere(plan_.hierarchies, group_) && monitor_gone) return;
    ::poll(nullptr, 0, 1);
  }
}

}  // namespace sharder::launcher
