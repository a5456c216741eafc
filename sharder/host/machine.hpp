// What this machine has for clones: cores as they hang together, a CPU quota, memory. Says what is there;
// what is made of it is slots.hpp's affair.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sharder {

/// A physical core, as far as this process may use it.
struct Core {
  std::vector<int> cpus;  // the operating system's numbers of its allowed hardware threads, ascending
  int package = 0;        // the operating system's number
  int numa = 0;           // the operating system's number of its memory node
  int cache = 0;          // counts the last-level caches from 0; cores with the same number share one
  int kind = -1;          // 0 for the slowest kind of a hybrid machine, rising with performance; -1 unknown
};

struct Machine {
  std::vector<Core> cores;  // neighbours in cache, memory node and package stand together; never empty
  std::optional<double> cpu_quota;  // in CPUs; the smallest along the chain of cgroups
  std::string cpu_model;            // as the vendor writes it; "" where nothing tells
  std::string architecture;         // "x86_64"; "" where nothing tells
  std::uint64_t memory_total_bytes = 0;
  std::uint64_t memory_available_bytes = 0;  // without swapping, and within the limits of our cgroups
};

/// Reads the machine that we run on. Throws SystemError when the topology cannot be read.
Machine detect_machine();

/// A short name that equal machines share: "amd-epyc-7763-64c-512g". Model, usable cores, memory rounded up
/// to what is sold; lower case, digits and dashes.
std::string host_class(const Machine& machine);

/// Drops the hardware threads that are not in `cpus`, and the cores that have none left.
void keep_only(std::vector<Core>& cores, const std::vector<int>& cpus);

/// "0-3,8" for {0, 1, 2, 3, 8}: the form that cpuset files take. `cpus` need not be sorted.
std::string format_cpu_list(std::vector<int> cpus);

}  // namespace sharder
