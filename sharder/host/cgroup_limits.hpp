// What the cgroups around this process leave it: CPU quota and memory, on v1, hybrid and v2 alike.
// A limit anywhere up the chain binds, so the smallest counts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace sharder {

/// Gives a file's content, or nothing where there is none. Tests pass a map.
using FileReader = std::function<std::optional<std::string>(const std::string& path)>;

struct CgroupLimits {
  std::optional<double> cpu_quota;  // in CPUs
  std::optional<std::uint64_t> memory_limit_bytes;
  std::optional<std::uint64_t> memory_available_bytes;  // below the limits, page cache that can go included
};

/// Follows /proc/self/cgroup and /proc/self/mountinfo. What cannot be read sets no limit.
CgroupLimits read_cgroup_limits(const FileReader& read);

/// A field of /proc/meminfo ("MemAvailable") in bytes.
std::optional<std::uint64_t> meminfo_field(const std::string& meminfo, const std::string& name);

}  // namespace sharder
