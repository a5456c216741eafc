#include "containers/cgroups/limits.hpp"

#include <charconv>
#include <optional>
#include <set>

#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder::cgroups {
namespace {

constexpr std::uint64_t page_bytes =
    65536;  // the largest page size in use; the kernel rounds limits to pages

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The numbers of "0-3,8".
std::set<std::uint64_t> numbers_in(std::string_view list) {
  std::set<std::uint64_t> numbers;
  for (const std::string& part : split(list, ',')) {
    const std::size_t dash = part.find('-');
    const auto first = number_in(std::string_view(part).substr(0, dash));
    const auto last = dash == std::string::npos ? first : number_in(std::string_view(part).substr(dash + 1));
    if (first && last)
      for (std::uint64_t number = *first; number <= *last && *last - *first < 65536; ++number) numbers.insert(number);
  }
  return numbers;
}

Setting setting(const Hierarchies& hierarchies, const char* controller, const char* file_v1,
                const char* file_v2, std::string value) {
  const Hierarchy* hierarchy = hierarchies.find(controller);
  if (hierarchy == nullptr)
    throw ContainerError(
        std::string("cannot limit a clone: this machine has no cgroup controller \"") + controller + "\"",
        "boot with cgroup_enable=" + std::string(controller) + ", or enable it in cgroup.subtree_control");
  return {controller, hierarchy->version == 2 ? file_v2 : file_v1, std::move(value), hierarchy->version};
}

}  // namespace

bool may_use_memory_node(int node, std::string_view status) {
  constexpr std::string_view key = "Mems_allowed_list:";
  for (const std::string& line : split_lines(status)) {
    if (!line.starts_with(key)) continue;
    const std::set<std::uint64_t> nodes = numbers_in(trim(std::string_view(line).substr(key.size())));
    return node >= 0 && nodes.contains(static_cast<std::uint64_t>(node));
  }
  return false;
}

Limits as_far_as_possible(Limits limits, const Hierarchies& hierarchies) {
  if (hierarchies.find("memory") == nullptr) limits.memory_bytes = 0;
  if (hierarchies.find("pids") == nullptr) limits.processes = 0;
  if (hierarchies.find("cpuset") == nullptr) {
    limits.cpus.clear();
    limits.memory_node = -1;
  }
  return limits;
}

std::vector<Setting> settings_for(const Limits& limits, const Hierarchies& hierarchies) {
  std::vector<Setting> settings;
  if (limits.memory_bytes > 0)
    settings.push_back(setting(hierarchies, "memory", "memory.limit_in_bytes", "memory.max",
                               std::to_string(limits.memory_bytes)));
  if (limits.processes > 0)
    settings.push_back(
        setting(hierarchies, "pids", "pids.max", "pids.max", std::to_string(limits.processes)));
  if (!limits.cpus.empty())
    settings.push_back(setting(hierarchies, "cpuset", "cpuset.cpus", "cpuset.cpus", limits.cpus));
  if (limits.memory_node >= 0)
    settings.push_back(
        setting(hierarchies, "cpuset", "cpuset.mems", "cpuset.mems", std::to_string(limits.memory_node)));
  return settings;
}

bool means_the_same(const Setting& setting, std::string_view found) {
  if (found == setting.value) return true;
  if (setting.controller == "cpuset") return numbers_in(found) == numbers_in(setting.value);
  const auto wanted = number_in(setting.value), have = number_in(found);
  return setting.controller == "memory" && wanted && have && *have <= *wanted && *wanted - *have < page_bytes;
}

void verify(const std::vector<Setting>& settings, const Hierarchies& hierarchies, const std::string& group) {
  for (const Setting& setting : settings) {
    const Hierarchy* hierarchy = hierarchies.find(setting.controller);
    const std::string path =
        (hierarchy == nullptr ? "" : hierarchy->directory) + "/" + group + "/" + setting.file;
    const std::optional<std::string> content = read_file_if_any(path);
    const std::string found = content ? std::string(trim(*content)) : "nothing";
    if (!means_the_same(setting, found))
      throw ContainerError("the limit of controller \"" + setting.controller + "\" did not take effect: " +
                           path + " should be " + setting.value + " and is " + found);
  }
}

}  // namespace sharder::cgroups
