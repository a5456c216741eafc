#include "sharder/host/machine.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "sharder/host/cgroup_limits.hpp"
#include "sharder/host/topology.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

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

/// The model in lower case, without marks, filler words and clock rate, its words joined by dashes.
std::string plain_model(const std::string& model) {
  std::string text;
  for (const char c : model.substr(0, model.find('@')))
    text += std::isalnum(static_cast<unsigned char>(c))
                ? static_cast<char>(std::tolower(static_cast<unsigned char>(c)))
                : (c == '(' || c == ')' ? c : ' ');
  for (const char* const mark : {"(r)", "(tm)", "(c)", "(", ")"}) text = replace_all(text, mark, " ");
  std::vector<std::string> words;
  for (const std::string& word : split(text, ' '))
    if (!word.empty() && word != "cpu" && word != "processor" && word != "core") words.push_back(word);
  // "64-Core Processor": the cores that we may use are told apart from the model's.
  if (model.find("-Core Processor") != std::string::npos && words.size() > 1) words.pop_back();
  return join(words, "-");
}

/// What a kernel counts is a little less than what is in the machine, and differs between kernels. Rounding
/// up in steps of at most a quarter gives both the same name.
std::uint64_t rounded_gibibytes(std::uint64_t bytes) {
  constexpr std::uint64_t gibibyte = std::uint64_t{1} << 30;
  const std::uint64_t whole = (bytes + gibibyte - 1) / gibibyte;
  std::uint64_t step = 1;
  while (step * 8 < whole) step *= 2;
  return (whole + step - 1) / step * step;
}

}  // namespace

Machine detect_machine() {
  Machine machine;
  MachineTopology topology = detect_topology();
  machine.cores = std::move(topology.cores);
  machine.cpu_model = std::move(topology.cpu_model);
  machine.architecture = std::move(topology.architecture);
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

std::string host_class(const Machine& machine) {
  std::string name = plain_model(machine.cpu_model.empty() ? machine.architecture : machine.cpu_model);
  if (name.empty()) name = "unknown";
  std::size_t cores = machine.cores.size();
  if (machine.cpu_quota && *machine.cpu_quota < static_cast<double>(cores))
    cores = std::max<std::size_t>(1, static_cast<std::size_t>(*machine.cpu_quota));
  return fmt::format("{}-{}c-{}g", name, cores, rounded_gibibytes(machine.memory_total_bytes));
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
