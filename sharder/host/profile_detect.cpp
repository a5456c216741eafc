#include "sharder/host/profile_detect.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <optional>

#include "sharder/host/calibration.hpp"
#include "sharder/host/cgroup_limits.hpp"
#include "sharder/host/machine.hpp"
#include "sharder/host/profile_reader.hpp"
#include "sharder/host/sha256.hpp"
#include "sharder/host/storage_class.hpp"
#include "sharder/host/topology.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// A TOML string. What comes from firmware and command line may hold anything.
std::string toml_string(const std::string& text) {
  std::string escaped;
  for (const char c : valid_utf8(text)) {
    if (c == '"' || c == '\\') escaped += '\\';
    if (static_cast<unsigned char>(c) >= ' ' && c != 0x7f) escaped += c;
  }
  return '"' + escaped + '"';
}

std::string section(const std::string& name, const std::vector<std::string>& lines,
                    const std::string& source) {
  return fmt::format("\n[{}]\n{}\nsource = {}\n", name, join(lines, "\n"), toml_string(source));
}

/// In MiB, so that the text stays readable and nothing is promised that is not there.
std::string toml_size(std::uint64_t bytes) {
  return fmt::format("\"{}MiB\"", bytes >> 20);
}

std::string topology_section(const MachineTopology& machine, const DetectedProfile& found,
                             const std::optional<std::string>& synthetic, const std::string& source) {
  std::vector<std::string> lines;
  if (found.needs_xml) {
    lines.push_back("xml = " + toml_string(found.name + ".xml"));
    lines.push_back("sha256 = " + toml_string(sha256(found.xml)));
  }
  if (synthetic) lines.push_back("synthetic = " + toml_string(*synthetic));
  lines.push_back(fmt::format("packages = {}", machine.packages));
  lines.push_back(fmt::format("cores = {}", machine.cores.size()));
  lines.push_back(fmt::format("threads = {}", machine.threads));
  return section("topology", lines, source);
}

/// Measured on one core of that kind; where the caller runs, if the kernel does not let us choose.
double speed_of_kind(const MachineTopology& machine, int kind) {
  cpu_set_t before;
  const bool known = ::sched_getaffinity(0, sizeof before, &before) == 0;
  for (const Core& core : machine.cores) {
    if (core.kind != kind || core.cpus.front() >= CPU_SETSIZE) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(core.cpus.front()), &one);
    if (known && ::sched_setaffinity(0, sizeof one, &one) == 0) break;
  }
  const double speed = relative_speed(measure_core());
  if (known) ::sched_setaffinity(0, sizeof before, &before);
  return speed;
}

std::string speed_section(const MachineTopology& machine, const std::string& source) {
  std::vector<double> speeds;
  for (int kind = 0; kind < std::max(1, machine.kinds); ++kind)
    speeds.push_back(machine.kinds > 1 ? speed_of_kind(machine, kind) : relative_speed(measure_core()));
  // hwloc ranks the kinds; a measurement that disagrees is noise.
  const double fastest = *std::max_element(speeds.begin(), speeds.end());
  std::sort(speeds.begin(), speeds.end());
  std::vector<std::string> lines{fmt::format("core = {:.2f}", fastest)}, kinds;
  for (const double speed : speeds) kinds.push_back(fmt::format("{:.2f}", speed / fastest));
  if (machine.kinds > 1) lines.push_back(fmt::format("kinds = [{}]", join(kinds, ", ")));
  return section("speed", lines, source);
}

std::string limits_section(const CgroupLimits& limits, std::uint64_t total, int threads,
                           const std::string& source) {
  std::vector<std::string> lines;
  if (limits.cpu_quota && *limits.cpu_quota < threads)
    lines.push_back(fmt::format("cpus = {:.4g}", *limits.cpu_quota));
  if (limits.memory_limit_bytes && *limits.memory_limit_bytes < total)
    lines.push_back("memory = " + toml_size(*limits.memory_limit_bytes));
  return lines.empty() ? "" : section("limits", lines, source);
}

constexpr const char* price_reminder = R"(
# [price]
# per_hour = 0.10
# currency = "EUR"
# source = "the bill"
)";

}  // namespace

DetectedProfile detect_profile(const std::string& date, const std::string& storage_path, bool with_xml) {
  const FileReader read = [](const std::string& path) { return read_file_if_any(path); };
  const std::string source = "measured by sharder profile detect on " + date;
  DetectedProfile found;
  found.xml = export_topology_xml();
  const MachineTopology machine = xml_topology(found.xml);
  const std::optional<std::string> synthetic = export_topology_synthetic();
  found.needs_xml = with_xml || !synthetic;
  const std::uint64_t total = std::max(
      meminfo_field(read("/proc/meminfo").value_or(""), "MemTotal").value_or(0), machine.nodes_bytes);

  Machine summary;
  summary.cores = machine.cores;
  summary.cpu_model = machine.cpu_model;
  summary.architecture = machine.architecture;
  summary.memory_total_bytes = total;
  found.name = host_class(summary);

  found.toml = fmt::format(
      "# A hardware profile of sharder; docs/reference/hardware-profiles.md tells what it means.\n"
      "format = {}\nname = {}\ndescription = {}\n",
      profile_format, toml_string(found.name),
      toml_string(fmt::format("{} cores, {}", machine.cores.size(), format_size(total))));
  found.toml += topology_section(machine, found, synthetic, source);
  const std::string model = machine.cpu_model.empty() ? machine.architecture : machine.cpu_model;
  found.toml += section("cpu", {"model = " + toml_string(model)}, source);
  found.toml += section("memory", {"size = " + toml_size(total + (1 << 20) - 1)}, source);
  found.toml +=
      section("storage", {"class = " + toml_string(storage_class(read, device_of(storage_path)))}, source);
  found.toml += speed_section(machine, source);
  found.toml += limits_section(read_cgroup_limits(read), total, machine.threads, source);
  found.toml += price_reminder;
  return found;
}

}  // namespace sharder
