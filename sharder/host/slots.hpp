// Which CPUs and how much memory each worker's clones get; how many workers there are is width.hpp's affair.
// Pure decisions: a function of the machine, the configuration and what is known of the tests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sharder/config/config.hpp"
#include "sharder/host/evidence.hpp"
#include "sharder/host/machine.hpp"

namespace sharder {

/// The share of the machine that one worker's clones get.
struct Slot {
  std::string cpus;  // a cpuset list; "" for all that we may use
  int numa = -1;     // the memory node of those CPUs; -1 where they span several
};

struct SlotPlan {
  std::vector<Slot> slots;  // one per worker; never empty
  std::string why;  // what decided their number: "2 cores", "--workers", "memory for 3 clones of 2.0 GiB"
  /// Workers that the machine carries whatever the tests do: all, but for those that evidence added. What is
  /// above may be taken back when processors are short.
  int unwidened = 1;
  std::string kept_cpus;  // of the core that no clone gets, for the supervisor; "" where none is kept
};

/// `bytes_per_clone` is what the configuration wants for memory and disk of one clone together; without it
/// what `evidence` tells, or a modest minimum. Only "auto" looks at memory and evidence: tests that mostly
/// wait get more workers than cores. A share is of what the quota allows; a number is obeyed. The order of
/// the slots is that in which the cores should become busy: fast ones first, spread over packages and caches,
/// then filled cache by cache.
SlotPlan plan_slots(const Machine& machine, const WorkersChoice& workers,
                    std::optional<std::uint64_t> bytes_per_clone,
                    const std::optional<WidthEvidence>& evidence = std::nullopt);

struct MemoryRequest {
  std::optional<std::uint64_t> memory_bytes, disk_bytes;  // as configured; empty: auto
  /// Where clones write to disk instead of memory: what is free there.
  std::optional<std::uint64_t> free_disk_bytes;
};

struct CloneMemory {
  std::uint64_t memory_bytes = 0;  // for a clone's processes
  std::uint64_t disk_bytes = 0;    // for what it writes
};

/// Shares out what the machine has among the clones of `workers` workers. Never less than a small minimum.
CloneMemory memory_for_clone(const Machine& machine, int workers, const MemoryRequest& request);

}  // namespace sharder
