#include "sharder/host/machine.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>

#include "sharder/host/cgroup_limits.hpp"
#include "sharder/host/topology.hpp"
#include "sharder/support/files.hpp"

namespace sharder {
namespace {

/// The CPUs that the scheduler lets us use (taskset, systemd's CPUAffinity, cpusets). Empty: unknown.
std::vector<int> affinity() {
  // Kernels with more CPUs than a cpu_set_t holds want a longer mask, so the first that is long enough is
  // taken.
  for (int count = CPU_SETSIZE; count <= 1 << 20; count *= 4) {
    cpu_set_t* const mask = CPU_ALLOC(static_cast<std::size_t>(count));
    const std::size_t size = CPU_ALLOC_SIZE(static_cast<std::size_t>(count));
    std::vector<int> cpus;
    const bool known = mask != nullptr && ::sched_getaffinity(0, size, mask) == 0;
    for (int cpu = 0; known && cpu < count; ++cpu)
      if (CPU_ISSET_S(static_cast<std::size_t>(cpu), size, mask)) cpus.push_back(cpu);
    CPU_FREE(mask);
    if (known) return cpus;
  }
  return {};
}

}  // namespace

Machine detect_machine() {
  Machine machine;
  machine.cores = detect_cores();
  if (const std::vector<int> allowed = affinity(); !allowed.empty()) keep_only(machine.cores, allowed);
  if (machine.cores.empty()) machine.cores.push_back({{0}});

  const CgroupLimits limits =
      read_cgroup_limits([](const std::string& path) { return read_file_if_any(path); });
  const std::string meminfo = read_file_if_any("/proc/meminfo").value_or("");
  const std::uint64_t total = meminfo_field(meminfo, "MemTotal").value_or(0);
  machine.cpu_quota = limits.cpu_quota;
  machine.memory_total_bytes = std::min(total, limits.memory_limit_bytes.value_or(total));
  const std::uint64_t available = meminfo_field(meminfo, "MemAvailable").value_or(total / 2);
  machine.memory_available_bytes = std::min(available, limits.memory_available_bytes.value_or(available));
  return machine;
}

void keep_only(std::vector<Core>& cores, const std::vector<int>& cpus) {
  for (Core& core : cores)
    std::erase_if(core.cpus, [&](int cpu) { return std::find(cpus.begin(), cpus.end(), cpu) == cpus.end(); });
  std::erase_if(cores, [](const Core& core) { return core.cpus.empty(); });
}

std::string format_cpu_list(std::vector<int> cpus) {
  std::sort(cpus.begin(), cpus.end());
  std::string text;
  for (std::size_t first = 0, last = 0; first < cpus.size(); first = last + 1) {
    last = first;
    while (last + 1 < cpus.size() && cpus[last + 1] == cpus[last] + 1) ++last;
    if (!text.empty()) text += ',';
    text += first == last ? fmt::format("{}", cpus[first]) : fmt::format("{}-{}", cpus[first], cpus[last]);
  }
  return text;
}

}  // namespace sharder
