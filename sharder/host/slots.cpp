#include "sharder/host/slots.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "sharder/host/width.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

/// A clone may use every core of its cache, not just one: pinning a worker to one core buys a little less
/// variance and costs a test of several processes up to half its speed. Sets smaller than this would be such
/// a pin (virtual machines often show each core with a cache or a package of its own), so larger ones are
/// taken.
constexpr std::size_t smallest_set = 4;

/// Takes out the core that the supervisor gets: a slow one where kinds differ, else the last of the first
/// memory node, since interrupts tend to land on the first.
Core reserve_core(std::vector<Core>& cores) {
  const auto better = [&](const Core& left, const Core& right) {
    if (left.kind != right.kind) return left.kind < right.kind;
    return left.numa < right.numa;
  };
  auto chosen = cores.begin();
  for (auto core = cores.begin(); core != cores.end(); ++core)
    if (!better(*chosen, *core)) chosen = core;
  Core reserved = std::move(*chosen);
  cores.erase(chosen);
  return reserved;
}

using CoreSet = std::vector<const Core*>;

/// Groups cores by a property; nothing when a group is too small to be worth keeping to.
template <typename Property>
std::optional<std::vector<CoreSet>> group_by(const std::vector<Core>& cores, Property property) {
  std::map<decltype(property(cores.front())), CoreSet> groups;
  for (const Core& core : cores) groups[property(core)].push_back(&core);
  std::vector<CoreSet> sets;
  for (auto& [key, set] : groups) {
    // The core kept for the supervisor may have made one set smaller by one.
    if (set.size() + 1 < smallest_set) return std::nullopt;
    sets.push_back(std::move(set));
  }
  return sets;
}

/// The sets of cores that clones are kept to: those of a cache, of a memory node, of a package, or all. A
/// cache that spans memory nodes is cut at their border: memory farther away costs more than a cache shared
/// with fewer.
std::vector<CoreSet> core_sets(const std::vector<Core>& cores) {
  const auto cache = [](const Core& core) { return std::tuple(core.package, core.numa, core.cache); };
  const auto node = [](const Core& core) { return std::tuple(core.package, core.numa); };
  if (auto sets = group_by(cores, cache)) return *sets;
  if (auto sets = group_by(cores, node)) return *sets;
  if (auto sets = group_by(cores, [](const Core& core) { return core.package; })) return *sets;
  CoreSet all;
  for (const Core& core : cores) all.push_back(&core);
  return {all};
}

/// Sorts sets into the order in which workers come to them: fast cores first, then one package after the
/// other, in each one memory node after the other, so that neighbours in the order share as little as
/// possible.
void alternate(std::vector<CoreSet>& sets) {
  std::map<int, std::set<int>> nodes_of_package;
  std::map<std::pair<int, int>, int> sets_of_node;
  std::vector<std::pair<std::tuple<int, int, int, int>, CoreSet>> ranked;
  for (CoreSet& set : sets) {
    const Core& first = *set.front();
    std::set<int>& nodes = nodes_of_package[first.package];
    nodes.insert(first.numa);
    const auto node_rank = static_cast<int>(std::distance(nodes.begin(), nodes.find(first.numa)));
    const int set_rank = sets_of_node[{first.package, first.numa}]++;
    int kind = first.kind;
    for (const Core* const core : set) kind = std::max(kind, core->kind);
    ranked.emplace_back(std::tuple(-kind, set_rank, node_rank, first.package), std::move(set));
  }
  const auto by_rank = [](const auto& left, const auto& right) { return left.first < right.first; };
  std::stable_sort(ranked.begin(), ranked.end(), by_rank);
  for (std::size_t i = 0; i < sets.size(); ++i) sets[i] = std::move(ranked[i].second);
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

/// Deals the workers to the sets: while fewer than half of the cores are busy each one to the emptiest, so
/// that few workers have caches, memory paths and turbo clocks to themselves; from then on set by set, so
/// that those not yet reached stay roomy for tests of several processes.
std::vector<Slot> deal(const std::vector<CoreSet>& sets, std::size_t workers) {
  std::vector<std::size_t> taken(sets.size(), 0);
  const auto half_full = [&](std::size_t i) { return taken[i] * 2 >= sets[i].size(); };
  const auto full = [&](std::size_t i) { return taken[i] >= sets[i].size(); };
  std::vector<Slot> slots;
  while (slots.size() < workers) {
    std::size_t best = sets.size();
    for (std::size_t i = 0; i < sets.size(); ++i)
      if (!half_full(i) &&
          (best == sets.size() || taken[i] * sets[best].size() < taken[best] * sets[i].size()))
        best = i;
    for (std::size_t i = 0; best == sets.size(); ++i)
      if (!full(i)) best = i;
    ++taken[best];
    slots.push_back(slot_of(sets[best]));
  }
  return slots;
}

}  // namespace

SlotPlan plan_slots(const Machine& machine, const WorkersChoice& workers,
                    std::optional<std::uint64_t> bytes_per_clone,
                    const std::optional<WidthEvidence>& evidence) {
  SHARDER_ASSERT(!machine.cores.empty());
  Width width = choose_width(machine, workers, bytes_per_clone, evidence);
  SlotPlan plan;
  plan.why = std::move(width.why);
  plan.unwidened = static_cast<int>(width.unwidened.value_or(width.workers));
  std::vector<Core> cores = machine.cores;
  if (width.keep_a_core) plan.kept_cpus = format_cpu_list(reserve_core(cores).cpus);
  std::vector<CoreSet> sets = core_sets(cores);
  alternate(sets);
  // More workers than cores share everything; one set that is the whole machine needs no cpuset.
  const bool everything = width.workers > cores.size() || (sets.size() == 1 && !width.keep_a_core);
  plan.slots = everything ? std::vector<Slot>(width.workers) : deal(sets, width.workers);
  return plan;
}

CloneMemory memory_for_clone(const Machine& machine, int workers, const MemoryRequest& request) {
  constexpr std::uint64_t smallest = std::uint64_t{64} << 20;
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
