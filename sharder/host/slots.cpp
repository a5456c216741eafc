#include "sharder/host/slots.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024;

/// From here on a core is kept free for the supervisor, the launchers and the kernel: an eighth of the
/// machine at most. Below, the tests are worth more than the supervisor's few per cent.
constexpr std::size_t cores_to_reserve_from = 8;

/// A clone may use every core of its cache, not just one: pinning a worker to one core buys a little less
/// variance and costs a test of several processes up to half its speed. Sets smaller than this would be such
/// a pin (virtual machines often show each core with a cache or a package of its own), so larger ones are
/// taken.
constexpr std::size_t smallest_set = 4;

/// What a clone needs to be of any use, its files included, where the configuration says nothing.
constexpr std::uint64_t modest_clone_bytes = 512 * mebibyte;

/// Left to the host: the supervisor, launchers, page cache.
std::uint64_t usable_memory(const Machine& machine) {
  const std::uint64_t reserve = std::max(512 * mebibyte, machine.memory_total_bytes / 20);
  const std::uint64_t available = machine.memory_available_bytes;
  return available - std::min(reserve, available / 4);
}

struct Width {
  std::size_t workers = 1;
  bool keep_a_core = false;
  std::string why;
};

/// Whole cores, or as many as the quota pays for.
Width full_width(const Machine& machine) {
  const std::size_t cores = machine.cores.size();
  if (!machine.cpu_quota || *machine.cpu_quota >= static_cast<double>(cores))
    return {cores, false, fmt::format("{} core{}", cores, cores == 1 ? "" : "s")};
  const auto whole = static_cast<std::size_t>(std::floor(*machine.cpu_quota));
  return {std::max<std::size_t>(1, whole), false, fmt::format("a CPU quota of {:.3g}", *machine.cpu_quota)};
}

Width automatic_width(const Machine& machine, std::optional<std::uint64_t> bytes_per_clone) {
  Width width = full_width(machine);
  if (width.workers == machine.cores.size() && width.workers >= cores_to_reserve_from) {
    --width.workers;
    width.keep_a_core = true;
    width.why += ", one kept for sharder itself";
  }
  const std::uint64_t each = std::max<std::uint64_t>(1, bytes_per_clone.value_or(modest_clone_bytes));
  const std::uint64_t fitting = std::max<std::uint64_t>(1, usable_memory(machine) / each);
  if (machine.memory_available_bytes != 0 && fitting < width.workers) {
    width.workers = static_cast<std::size_t>(fitting);
    width.why = fmt::format("memory for {} clone{}", fitting, fitting == 1 ? "" : "s");
  }
  return width;
}

Width chosen_width(const Machine& machine, const WorkersChoice& choice,
                   std::optional<std::uint64_t> bytes_per_clone) {
  if (choice.number) return {static_cast<std::size_t>(std::max(1, *choice.number)), false, "--workers"};
  if (!choice.share) return automatic_width(machine, bytes_per_clone);
  Width width = full_width(machine);
  const double part = *choice.share * static_cast<double>(width.workers);
  width.workers = std::max<std::size_t>(1, static_cast<std::size_t>(std::floor(part + 1e-9)));
  width.why = fmt::format("{:.3g}% of {}", *choice.share * 100, width.why);
  return width;
}

/// Takes out the core that the supervisor gets: a slow one where kinds differ, else the last of the first
/// memory node, since interrupts tend to land on the first.
void reserve_core(std::vector<Core>& cores) {
  const auto better = [&](const Core& left, const Core& right) {
    if (left.kind != right.kind) return left.kind < right.kind;
    return left.numa < right.numa;
  };
  auto chosen = cores.begin();
  for (auto core = cores.begin(); core != cores.end(); ++core)
    if (!better(*chosen, *core)) chosen = core;
  cores.erase(chosen);
}

using CoreSet = std::vector<const Core*>;

/// Groups neighbouring cores by a property; nothing when a group is too small to be worth keeping to.
template <typename Property>
std::optional<std::vector<CoreSet>> group_by(const std::vector<Core>& cores, Property property) {
  std::vector<CoreSet> sets;
  for (const Core& core : cores) {
    if (sets.empty() || property(*sets.back().front()) != property(core)) sets.emplace_back();
    sets.back().push_back(&core);
  }
  // The core kept for the supervisor may have made one set smaller by one.
  const auto large = [](const CoreSet& set) { return set.size() + 1 >= smallest_set; };
  if (!std::all_of(sets.begin(), sets.end(), large)) return std::nullopt;
  return sets;
}

/// The sets of cores that clones are kept to: those of a cache, of a memory node, or all.
std::vector<CoreSet> core_sets(const std::vector<Core>& cores) {
  if (auto sets = group_by(cores, [](const Core& core) { return core.cache; })) return *sets;
  if (auto sets = group_by(cores, [](const Core& core) { return core.numa; })) return *sets;
  if (auto sets = group_by(cores, [](const Core& core) { return core.package; })) return *sets;
  CoreSet all;
  for (const Core& core : cores) all.push_back(&core);
  return {all};
}

Slot slot_of(const CoreSet& set) {
  std::vector<int> cpus;
  bool one_node = true;
  for (const Core* core : set) {
    cpus.insert(cpus.end(), core->cpus.begin(), core->cpus.end());
    one_node = one_node && core->numa == set.front()->numa;
  }
  return {format_cpu_list(std::move(cpus)), one_node ? set.front()->numa : -1};
}

/// Deals the workers to the sets so that each has cores in proportion: few workers are spread over the
/// caches, as many as cores fill every one.
std::vector<Slot> deal(const std::vector<CoreSet>& sets, std::size_t workers) {
  std::vector<std::size_t> taken(sets.size(), 0);
  std::vector<Slot> slots;
  for (std::size_t worker = 0; worker < workers; ++worker) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < sets.size(); ++i)
      if ((taken[i] + 1) * sets[best].size() < (taken[best] + 1) * sets[i].size()) best = i;
    ++taken[best];
    slots.push_back(slot_of(sets[best]));
  }
  return slots;
}

}  // namespace

SlotPlan plan_slots(const Machine& machine, const WorkersChoice& workers,
                    std::optional<std::uint64_t> bytes_per_clone) {
  SHARDER_ASSERT(!machine.cores.empty());
  const Width width = chosen_width(machine, workers, bytes_per_clone);
  std::vector<Core> cores = machine.cores;
  if (width.keep_a_core) reserve_core(cores);
  const std::vector<CoreSet> sets = core_sets(cores);
  // More workers than cores share everything; one set that is the whole machine needs no cpuset.
  const bool everything = width.workers > cores.size() || (sets.size() == 1 && !width.keep_a_core);
  if (everything) return {std::vector<Slot>(width.workers), width.why};
  return {deal(sets, width.workers), width.why};
}

CloneMemory memory_for_clone(const Machine& machine, int workers, const MemoryRequest& request) {
  constexpr std::uint64_t smallest = 64 * mebibyte;
  const auto count = static_cast<std::uint64_t>(std::max(1, workers));
  const std::uint64_t share = usable_memory(machine) / count;
  const bool files_in_memory = !request.free_disk_bytes;
  CloneMemory result;
  // A third for files: a suite that writes much says so with `disk`, one that computes much is the usual
  // case.
  if (request.disk_bytes)
    result.disk_bytes = *request.disk_bytes;
  else if (!files_in_memory)
    result.disk_bytes = std::max(smallest, *request.free_disk_bytes / 10 * 9 / count);
  else
    result.disk_bytes =
        std::max(smallest, share - std::min(share, request.memory_bytes.value_or(share / 3 * 2)));
  if (request.memory_bytes)
    result.memory_bytes = *request.memory_bytes;
  else
    result.memory_bytes =
        std::max(smallest, share - std::min(share, files_in_memory ? result.disk_bytes : 0));
  return result;
}

}  // namespace sharder
