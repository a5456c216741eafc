#include "containers/launcher/container_settings.hpp"

#include <array>

namespace sharder::launcher {
namespace {

using Items = std::vector<std::pair<std::string, std::string>>;

/// null, zero, full, random, urandom, tty, ptmx, pts: what common.conf allows, without fuse and console.
constexpr std::array devices{"c *:* m",   "b *:* m",   "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm",
                             "c 1:8 rwm", "c 1:9 rwm", "c 5:0 rwm", "c 5:2 rwm", "c 136:* rwm"};

void add_identity(Items& items, const ContainerPlan& plan) {
  if (plan.user_namespace < 0) return;
  const rootfs::ClonesIds& ids = plan.root->ids();
  for (const auto& [kind, map] : {std::pair{"u ", &ids.users}, std::pair{"g ", &ids.groups}})
    for (const rootfs::IdMap::Line& line : map->lines())
      items.emplace_back("lxc.idmap", kind + std::to_string(line.inside) + " " +
                                          std::to_string(line.outside) + " " + std::to_string(line.count));
  // Made by the keeper under the range's own id; see id_map.hpp.
  items.emplace_back("lxc.namespace.share.user", "/proc/self/fd/" + std::to_string(plan.user_namespace));
}

void add_mounts(Items& items, const ContainerPlan& plan) {
  const bool nesting = plan.plan->settings.nesting;
  items.emplace_back("lxc.rootfs.path", "dir:" + plan.root->path());
  items.emplace_back("lxc.mount.auto",
                     nesting ? "proc:rw sys:rw cgroup:rw:force" : "proc:mixed sys:ro cgroup:ro:force");
  items.emplace_back("lxc.mount.entry", plan.root->shared_memory() + " dev/shm none bind,create=dir 0 0");
  if (nesting) {
    // Unobstructed ones, without which the kernel lets nobody inside mount his own.
    items.emplace_back("lxc.mount.entry", "proc dev/.lxc/proc proc create=dir,optional 0 0");
    items.emplace_back("lxc.mount.entry", "sys dev/.lxc/sys sysfs create=dir,optional 0 0");
  }
  items.emplace_back("lxc.mount.entry", "mqueue dev/mqueue mqueue rw,relatime,create=dir,optional 0 0");
}

void add_terminals_and_network(Items& items, const ContainerPlan& plan) {
  items.emplace_back("lxc.uts.name", plan.host_name);
  items.emplace_back("lxc.tty.max", "0");
  items.emplace_back("lxc.pty.max", "1024");
  items.emplace_back("lxc.console.path", "none");
  items.emplace_back("lxc.net.0.type", "empty");
  items.emplace_back("lxc.net.0.flags", "up");  // without it even loopback is down
  if (!plan.bridge.empty()) {
    items.emplace_back("lxc.net.1.type", "veth");
    items.emplace_back("lxc.net.1.link", plan.bridge);
    items.emplace_back("lxc.net.1.name", "eth0");
    items.emplace_back("lxc.net.1.flags", "up");
    items.emplace_back("lxc.net.1.ipv4.address", plan.address.address);
    items.emplace_back("lxc.net.1.ipv4.gateway", plan.address.gateway);
  }
  // ICMP sockets for everybody, as most distributions have it.
  items.emplace_back("lxc.sysctl.net.ipv4.ping_group_range",
                     plan.plan->settings.privileged ? "0 2147483647" : "0 65534");
}

void add_confinement(Items& items, const ContainerPlan& plan) {
  const bool privileged = plan.plan->settings.privileged;
  // sys_boot: reboot() by the clone's root would make liblxc start the clone's init again.
  items.emplace_back("lxc.cap.drop", privileged
                                         ? "sys_boot"
                                         : "mac_admin mac_override sys_time sys_module sys_rawio sys_boot");
  if (!plan.seccomp_profile.empty()) {
    items.emplace_back("lxc.seccomp.profile", plan.seccomp_profile);
    // Where we are filtered ourselves, in a container for one, liblxc would load none.
    items.emplace_back("lxc.seccomp.allow_nesting", "1");
  }
  const std::string prefix = plan.devices_v1 ? "lxc.cgroup.devices." : "lxc.cgroup2.devices.";
  if (!plan.plan->means.device_rules) return;
  items.emplace_back(prefix + "deny", "a");
  for (const char* device : devices) items.emplace_back(prefix + "allow", device);
}

void add_groups(Items& items, const ContainerPlan& plan) {
  if (plan.limited_already) {
    for (const auto& [key, name] : {std::pair{"relative", "1"}, {"dir.container", "clone"}, {"dir.monitor", "monitor"},
                                    {"dir.monitor.pivot", "pivot"}})
      items.emplace_back(std::string("lxc.cgroup.") + key, name);
    return;
  }
  const std::string run = plan.group.substr(0, plan.group.find('/'));
  if (plan.delegated_groups) items.emplace_back("lxc.cgroup.relative", "1");
  items.emplace_back("lxc.cgroup.dir.container", plan.group);
  items.emplace_back("lxc.cgroup.dir.monitor", plan.group + ".monitor");
  items.emplace_back("lxc.cgroup.dir.monitor.pivot", run);
  for (const cgroups::Setting& limit : plan.limits) items.emplace_back(limit.key(), limit.value);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> container_items(const ContainerPlan& plan) {
  Items items;
  items.emplace_back("lxc.log.file", plan.directory + "/lxc.log");
  items.emplace_back("lxc.log.level", "ERROR");
  add_identity(items, plan);
  add_mounts(items, plan);
  add_terminals_and_network(items, plan);
  add_confinement(items, plan);
  add_groups(items, plan);
  items.emplace_back("lxc.environment", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  return items;
}

}  // namespace sharder::launcher
