#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <utility>
#include <vector>

#include "containers/rootfs/probes.hpp"
#include "sharder/cli/ordinary_user.hpp"
#include "sharder/cli/verbs.hpp"
#include "sharder/config/hidden_paths.hpp"
#include "sharder/host/machine.hpp"
#include "sharder/host/slots.hpp"
#include "sharder/run/exit_status.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

void describe_machine() {
  const Machine machine = detect_machine();
  const SlotPlan plan = plan_slots(machine, {}, std::nullopt);
  fmt::print("this machine\n  {} cores, {} of memory available\n  -j auto: {} workers ({})\n", machine.cores.size(),
             format_size(machine.memory_available_bytes), plan.slots.size(), plan.why);
  if (machine.cpu_quota) fmt::print("  a cgroup allows {:.1f} CPUs\n", *machine.cpu_quota);
}

void list_hidden_paths() {
  fmt::print("\nhidden from tests by default ([clones] hide; the tests' own home and the project stay visible)\n");
  for (const std::string& path : default_hidden_paths()) fmt::print("  {}\n", path);
  fmt::print("\nhidden in the tests' own home too\n  {}\n", join(secret_names(), " "));
}

}  // namespace

int verb_doctor(const CommandLine&, const Environment&) {
  describe_machine();
  const bool root = ::geteuid() == 0;
  std::vector<rootfs::Probe> probes = rootfs::probe_machine();
  if (!root)
    for (rootfs::Probe& probe : probe_limits_and_bases()) probes.push_back(std::move(probe));
  fmt::print("\nwhat clones{} need\n", root ? "" : " of an ordinary user");
  int missing = 0;
  for (const rootfs::Probe& probe : probes) {
    fmt::print("  {:<8} {}{}{}\n", probe.ok ? "ok" : "MISSING", probe.name, probe.detail.empty() ? "" : ": ",
               probe.detail);
    if (probe.ok) continue;
    if (probe.essential) ++missing;
    if (!probe.cure.empty()) fmt::print("           cure: {}\n", probe.cure);
  }
  list_hidden_paths();
  const char* which = root ? "" : " of your own bases; those of itself take root (sudo sharder ...)";
  if (missing == 0) fmt::print("\nThis machine can run clones{}.\n", which);
  else fmt::print("\nThis machine cannot run clones yet: {} missing.\n", missing);
  return missing == 0 ? exit_status::success : exit_status::usage;
}

}  // namespace sharder
