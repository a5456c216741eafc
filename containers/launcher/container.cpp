#include "containers/launcher/container.hpp"

#include <fcntl.h>
#include <lxc/lxccontainer.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace sharder::launcher {
namespace {

constexpr int channel_descriptor = 20;  // containers/agent/agent.hpp

/// Only the channel and the standard streams may reach the agent.
void keep_only(int channel) {
  // dup2() onto itself would leave close-on-exec as it is.
  if (channel != channel_descriptor) ::dup2(channel, channel_descriptor);
  ::fcntl(channel_descriptor, F_SETFD, 0);
  ::close_range(3, channel_descriptor - 1, 0);
}

/// Close-on-exec for the rest: liblxc still needs the user namespace, the agent does not.
void mark_others_close_on_exec() {
  ::close_range(channel_descriptor + 1, ~0u, CLOSE_RANGE_CLOEXEC);
}

/// The agent's standard streams must be nothing of the supervisor's.
void use_null_streams() {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int stream : {0, 1, 2}) ::dup2(null, stream);
  ::close(null);
}

void write_log(const ContainerSpec& spec, const std::string& line) {
  const int log = ::open(spec.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const std::string text = line + "\n";
  if (log >= 0 && ::write(log, text.data(), text.size()) < 0) ::_exit(3);
  if (log >= 0) ::close(log);
}

void enter_group(const ContainerSpec& spec) {
  if (spec.group.empty()) return;
  const int processes = ::open((spec.group + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC);
  if (processes < 0 || ::write(processes, "0", 1) != 1) write_log(spec, "cannot enter the control group " + spec.group);
  if (processes >= 0) ::close(processes);
}

void limit_open_files(unsigned wanted) {
  rlimit limit{};
  if (wanted == 0 || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  rlimit asked{wanted, wanted};
  if (::setrlimit(RLIMIT_NOFILE, &asked) == 0) return;
  // Without CAP_SYS_RESOURCE the hard limit cannot be raised.
  asked.rlim_cur = asked.rlim_max = std::min<rlim_t>(wanted, limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &asked);
}

}  // namespace

void run_container(const ContainerSpec& spec) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  use_null_streams();
  keep_only(spec.channel);
  mark_others_close_on_exec();
  limit_open_files(spec.open_files);
  enter_group(spec);
  // liblxc would look for newuidmap there, which refuses ranges that /etc/subuid does not list.
  ::setenv("PATH", "/nonexistent", 1);
  // Its locks, where /run is not ours.
  ::setenv("XDG_RUNTIME_DIR", spec.lxc_path.c_str(), 1);
  lxc_container* container = ::lxc_container_new(spec.name.c_str(), spec.lxc_path.c_str());
  if (container == nullptr) ::_exit(2);
  container->clear_config(container);
  bool ok = true;
  for (const auto& [key, value] : spec.items) {
    const bool taken = container->set_config_item(container, key.c_str(), value.c_str());
    if (!taken) write_log(spec, "liblxc refuses " + key + " = " + value);
    ok = ok && taken;
  }
  container->want_daemonize(container, false);
  static char agent[] = "/.agent", privileged[] = "--privileged";
  char* const arguments[] = {agent, spec.protect_kernel ? privileged : nullptr, nullptr};
  ok = ok && container->start(container, 0, arguments);
  ::_exit(ok ? 0 : 1);
}

}  // namespace sharder::launcher
