#include "sharder/host/width.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024;

/// From here on a core is kept free for the supervisor, the launchers and the kernel: an eighth of the
/// machine at most. Below, the tests are worth more than the supervisor's few per cent.
constexpr std::size_t cores_to_reserve_from = 8;

/// What a clone needs to be of any use, its files included, where neither the configuration nor history says
/// more.
constexpr std::uint64_t modest_clone_bytes = 512 * mebibyte;

/// A clone's own processes and files, beside what its tests were measured to need.
constexpr std::uint64_t least_clone_bytes = 64 * mebibyte;

/// Tests that compute for more of their time than this keep the cores busy: more workers would only make each
/// other wait. The gap to 1 is for what was measured badly.
constexpr double waiting_below = 0.7;

/// However much tests wait, each worker costs a clone and its start.
constexpr std::size_t most_workers_per_core = 8;

/// Whole cores, or as many as the quota pays for.
Width full_width(const Machine& machine) {
  const std::size_t cores = machine.cores.size();
  if (!machine.cpu_quota || *machine.cpu_quota >= static_cast<double>(cores))
    return {cores, false, fmt::format("{} core{}", cores, cores == 1 ? "" : "s")};
  const auto whole = static_cast<std::size_t>(std::floor(*machine.cpu_quota));
  return {std::max<std::size_t>(1, whole), false, fmt::format("a CPU quota of {:.3g}", *machine.cpu_quota)};
}

int percent(double share) {
  return static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * 100));
}

/// As many workers as keep the cores busy where each computes for only a part of its time.
std::size_t wanted_workers(const Width& cores, const Machine& machine, const WidthEvidence& evidence) {
  if (evidence.cpu_per_wall >= waiting_below) return cores.workers;
  double capacity = static_cast<double>(cores.workers);
  if (machine.cpu_quota) capacity = std::min(static_cast<double>(machine.cores.size()), *machine.cpu_quota);
  const double enough = std::floor(capacity / std::max(evidence.cpu_per_wall, 1e-3) + 1e-9);
  std::size_t workers = std::min(cores.workers * most_workers_per_core, static_cast<std::size_t>(enough));
  // More workers than tests would have nothing to do.
  if (evidence.tests > 0) workers = std::min(workers, static_cast<std::size_t>(evidence.tests));
  return std::max(workers, cores.workers);
}

/// What one clone is taken to need, and how that is known.
struct CloneNeed {
  std::uint64_t bytes = modest_clone_bytes;
  std::string told;
};

CloneNeed need_of_clone(std::optional<std::uint64_t> bytes_per_clone,
                        const std::optional<WidthEvidence>& evidence, bool widened) {
  if (bytes_per_clone) {
    const std::uint64_t bytes = std::max<std::uint64_t>(1, *bytes_per_clone);
    return {bytes, " of " + format_size(bytes)};
  }
  if (!evidence || evidence->memory_bytes == 0) return {};
  std::uint64_t bytes = std::max(evidence->memory_bytes, least_clone_bytes);
  // Each worker more makes every clone's share of memory smaller; the hungriest test must still fit into one.
  if (widened) bytes = std::max(bytes, evidence->largest_bytes + evidence->largest_bytes / 4);
  return {bytes, " of " + format_size(bytes) + ", as measured"};
}

/// Clones of that size; no limit where the machine's memory is not known.
std::size_t fitting_clones(const Machine& machine, const CloneNeed& need) {
  if (machine.memory_available_bytes == 0) return std::numeric_limits<std::size_t>::max();
  return static_cast<std::size_t>(std::max<std::uint64_t>(1, usable_memory(machine) / need.bytes));
}

Width automatic_width(const Machine& machine, std::optional<std::uint64_t> bytes_per_clone,
                      const std::optional<WidthEvidence>& evidence) {
  Width cores = full_width(machine);
  if (cores.workers == machine.cores.size() && cores.workers >= cores_to_reserve_from) {
    --cores.workers;
    cores.keep_a_core = true;
    cores.why += ", one kept for sharder itself";
  }
  const CloneNeed need = need_of_clone(bytes_per_clone, evidence, false);
  if (const std::size_t fitting = fitting_clones(machine, need); fitting < cores.workers)
    return {fitting, cores.keep_a_core,
            fmt::format("memory for {} clone{}{}", fitting, fitting == 1 ? "" : "s", need.told)};
  if (!evidence) return cores;
  const std::size_t wanted = wanted_workers(cores, machine, *evidence);
  if (wanted == cores.workers) {
    cores.why += fmt::format(": tests compute {} % of their time", percent(evidence->cpu_per_wall));
    return cores;
  }
  const CloneNeed wide_need = need_of_clone(bytes_per_clone, evidence, true);
  const std::size_t workers = std::clamp(fitting_clones(machine, wide_need), cores.workers, wanted);
  const std::string bound =
      workers == wanted ? "" : fmt::format(", memory for no more clones{}", wide_need.told);
  // Workers beyond the cores share them all, so none can be kept.
  return {workers, workers == cores.workers && cores.keep_a_core,
          fmt::format("{}: tests wait {} % of their time{}", cores.why, 100 - percent(evidence->cpu_per_wall),
                      bound),
          cores.workers};
}

}  // namespace

std::uint64_t usable_memory(const Machine& machine) {
  const std::uint64_t reserve = std::max(512 * mebibyte, machine.memory_total_bytes / 20);
  const std::uint64_t available = machine.memory_available_bytes;
  return available - std::min(reserve, available / 4);
}

Width choose_width(const Machine& machine, const WorkersChoice& choice,
                   std::optional<std::uint64_t> bytes_per_clone,
                   const std::optional<WidthEvidence>& evidence) {
  if (choice.number) return {static_cast<std::size_t>(std::max(1, *choice.number)), false, "--workers"};
  if (!choice.share) return automatic_width(machine, bytes_per_clone, evidence);
  Width width = full_width(machine);
  const double part = *choice.share * static_cast<double>(width.workers);
  width.workers = std::max<std::size_t>(1, static_cast<std::size_t>(std::floor(part + 1e-9)));
  width.why = fmt::format("{:.3g}% of {}", *choice.share * 100, width.why);
  return width;
}

}  // namespace sharder
