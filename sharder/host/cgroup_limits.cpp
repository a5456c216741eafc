#include "sharder/host/cgroup_limits.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// v1 says "no limit" with a number near 2^63 rounded down to pages.
constexpr std::uint64_t no_limit_from = std::uint64_t{1} << 60;

struct Hierarchy {
  bool unified = false;
  std::string controllers;  // v1: "cpu,cpuacct"
  std::string mount_point;
  std::string root;  // the cgroup that the mount shows at its top
};

std::optional<std::uint64_t> parse_count(std::string_view text) {
  text = trim(text);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> read_count(const FileReader& read, const std::string& path) {
  const std::optional<std::string> content = read(path);
  if (!content) return std::nullopt;
  return parse_count(*content);
}

bool names_controller(std::string_view list, std::string_view controller) {
  const std::vector<std::string> names = split(list, ',');
  return std::find(names.begin(), names.end(), controller) != names.end();
}

std::vector<Hierarchy> parse_mounts(const std::string& mountinfo) {
  std::vector<Hierarchy> hierarchies;
  for (const std::string& line : split_lines(mountinfo)) {
    // "32 31 0:29 /root /mount/point rw - cgroup source rw,cpu": a variable number of fields before the dash.
    const std::size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    const std::vector<std::string> head = split(std::string_view(line).substr(0, dash), ' ');
    const std::vector<std::string> tail = split(std::string_view(line).substr(dash + 3), ' ');
    if (head.size() < 5 || tail.size() < 3 || (tail[0] != "cgroup" && tail[0] != "cgroup2")) continue;
    hierarchies.push_back({tail[0] == "cgroup2", tail[2], head[4], head[3]});
  }
  return hierarchies;
}

/// Our own cgroup's path in the hierarchy of `controller` ("" for v2), as /proc/self/cgroup tells it.
std::optional<std::string> own_path(const std::string& cgroup_file, std::string_view controller) {
  for (const std::string& line : split_lines(cgroup_file)) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string_view controllers = std::string_view(line).substr(first + 1, second - first - 1);
    if (controller.empty() ? controllers.empty() : names_controller(controllers, controller))
      return line.substr(second + 1);
  }
  return std::nullopt;
}

/// Directories of our cgroup and all its visible ancestors, innermost first.
std::vector<std::string> chain(const Hierarchy& hierarchy, std::string path) {
  // A container sees its own cgroup at the mount's top while /proc/self/cgroup may still tell the host's
  // path.
  const std::string root = hierarchy.root == "/" ? "" : hierarchy.root;
  if (path.compare(0, root.size(), root) == 0 && path.find("/..") == std::string::npos)
    path.erase(0, root.size());
  else
    path.clear();
  std::vector<std::string> directories;
  for (; path.size() > 1; path.erase(path.rfind('/'))) directories.push_back(hierarchy.mount_point + path);
  directories.push_back(hierarchy.mount_point);
  return directories;
}

std::optional<double> quota_of(const FileReader& read, const std::string& directory, bool unified) {
  std::optional<std::uint64_t> quota, period;
  if (unified) {
    const std::vector<std::string> words =
        split(std::string(trim(read(directory + "/cpu.max").value_or(""))), ' ');
    if (words.size() == 2) quota = parse_count(words[0]), period = parse_count(words[1]);
  } else {
    quota = read_count(read, directory + "/cpu.cfs_quota_us");  // "-1" is no limit, and no count
    period = read_count(read, directory + "/cpu.cfs_period_us");
  }
  if (!quota || !period || *period == 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

std::uint64_t droppable_cache(const FileReader& read, const std::string& directory, bool unified) {
  const std::string name = unified ? "inactive_file " : "total_inactive_file ";
  for (const std::string& line : split_lines(read(directory + "/memory.stat").value_or("")))
    if (line.compare(0, name.size(), name) == 0) return parse_count(line.substr(name.size())).value_or(0);
  return 0;
}

template <typename Number>
void lower(std::optional<Number>& limit, Number value) {
  limit = limit ? std::min(*limit, value) : value;
}

void apply_memory(const FileReader& read, const std::string& directory, bool unified, CgroupLimits& limits) {
  const auto limit = read_count(read, directory + (unified ? "/memory.max" : "/memory.limit_in_bytes"));
  if (!limit || *limit >= no_limit_from) return;
  lower(limits.memory_limit_bytes, *limit);
  const auto used =
      read_count(read, directory + (unified ? "/memory.current" : "/memory.usage_in_bytes")).value_or(0);
  const std::uint64_t kept = used - std::min(used, droppable_cache(read, directory, unified));
  lower(limits.memory_available_bytes, *limit - std::min(*limit, kept));
}

}  // namespace

CgroupLimits read_cgroup_limits(const FileReader& read) {
  CgroupLimits limits;
  const std::string own = read("/proc/self/cgroup").value_or("");
  for (const Hierarchy& hierarchy : parse_mounts(read("/proc/self/mountinfo").value_or(""))) {
    for (const char* const controller : {"cpu", "memory"}) {
      if (!hierarchy.unified && !names_controller(hierarchy.controllers, controller)) continue;
      const std::optional<std::string> path = own_path(own, hierarchy.unified ? "" : controller);
      if (!path) continue;
      for (const std::string& directory : chain(hierarchy, *path)) {
        if (controller == std::string_view("memory"))
          apply_memory(read, directory, hierarchy.unified, limits);
        else if (const auto quota = quota_of(read, directory, hierarchy.unified))
          lower(limits.cpu_quota, *quota);
      }
    }
  }
  return limits;
}

std::optional<std::uint64_t> meminfo_field(const std::string& meminfo, const std::string& name) {
  for (const std::string& line : split_lines(meminfo)) {
    if (line.compare(0, name.size(), name) != 0 || line.size() <= name.size() || line[name.size()] != ':')
      continue;
    const std::vector<std::string> words = split(std::string(trim(line.substr(name.size() + 1))), ' ');
    if (const auto kibibytes = parse_count(words[0])) return *kibibytes * 1024;
  }
  return std::nullopt;
}

}  // namespace sharder
