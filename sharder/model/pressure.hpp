// How short the machine is of processors, memory and storage, as measured over a moment.
#pragma once

#include <cstdint>
#include <optional>

namespace sharder {

/// Where a figure comes from. Figures of different sources are never compared with each other.
enum class PressureSource { none, cgroup_psi, machine_psi, schedstat, vmstat, iowait };

struct PressureFigure {
  std::optional<double> share;  // of the time in which something waited, 0 to 1; empty: unknown
  PressureSource source = PressureSource::none;
};

struct PressureSample {
  PressureFigure cpu, memory, io;
  std::uint64_t memory_total_bytes = 0;      // 0: unknown
  std::uint64_t memory_available_bytes = 0;  // without swapping, and within the limits of our cgroups
};

}  // namespace sharder
