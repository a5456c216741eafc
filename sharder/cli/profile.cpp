// `sharder profile`: describes this machine for others, and shows what is known of others.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <map>

#include "sharder/cli/verbs.hpp"
#include "sharder/host/hardware_profile.hpp"
#include "sharder/host/profile_detect.hpp"
#include "sharder/run/exit_status.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

/// Where clones write, if they write to disk, and what the layers lie on.
constexpr const char* storage_path = "/var/lib";

int detect(const ProfileOptions& options) {
  const std::string today = fmt::format("{:%Y-%m-%d}", fmt::localtime(std::time(nullptr)));
  const DetectedProfile found = detect_profile(today, storage_path, options.output.has_value());
  fmt::print("{}", found.toml);
  if (options.output) {
    const fs::path directory = *options.output;
    std::error_code error;
    fs::create_directories(directory, error);
    if (error) throw SystemError("make the directory " + directory.string(), error.value());
    write_file(directory / (found.name + ".xml"), found.xml);
    write_file(directory / (found.name + ".toml"), found.toml);
    fmt::print(stderr, "sharder: wrote {0}/{1}.toml and {0}/{1}.xml\n", directory.string(), found.name);
  } else if (found.needs_xml) {
    fmt::print(stderr, "sharder: the topology of this machine takes hwloc XML; -o DIR writes both files\n");
  }
  return exit_status::success;
}

std::string price_of(const HardwareProfile& profile) {
  return profile.price ? fmt::format("{:.2f} {}/h", profile.price->per_hour, profile.price->currency) : "-";
}

int list() {
  const fs::path here = fs::current_path();
  const std::vector<std::string> names = profiles_named({"all"}, here);
  int status = exit_status::success;
  fmt::print("{:<20} {:>5} {:>7} {:>9} {:>6} {:>8} {:>12}  {}\n", "name", "cores", "threads", "memory",
             "speed", "workers", "price", "description");
  for (const std::string& name : names) {
    try {
      const HardwareProfile profile = load_profile(name, here);
      fmt::print("{:<20} {:>5} {:>7} {:>9} {:>6.2f} {:>8} {:>12}  {}\n", name, profile.topology.cores.size(),
                 profile.topology.threads, format_size(profile.memory_bytes), profile.core_speed,
                 capacity_of(profile, {}, std::nullopt).workers, price_of(profile),
                 printable(profile.description));
    } catch (const ConfigError& error) {
      // One bad file must not hide the others.
      fmt::print(stderr, "sharder: {}\n", error.what());
      status = exit_status::usage;
    }
  }
  return status;
}

/// One line for workers whose clones share their processors: "workers 0-7: CPUs 0-15, memory node 0".
void print_slots(const SlotPlan& plan) {
  std::map<std::string, std::vector<int>> workers;
  std::vector<const Slot*> sets;
  for (std::size_t i = 0; i < plan.slots.size(); ++i) {
    if (workers[plan.slots[i].cpus].empty()) sets.push_back(&plan.slots[i]);
    workers[plan.slots[i].cpus].push_back(static_cast<int>(i));
  }
  for (const Slot* const slot : sets) {
    const std::vector<int>& numbers = workers[slot->cpus];
    fmt::print("#   {} worker{} on {}{}: {}\n", numbers.size(), numbers.size() == 1 ? "" : "s",
               slot->cpus.empty() ? "all CPUs" : "CPUs " + slot->cpus,
               slot->numa < 0 ? "" : fmt::format(", memory node {}", slot->numa), format_cpu_list(numbers));
  }
  if (!plan.kept_cpus.empty()) fmt::print("#   kept for sharder itself: CPUs {}\n", plan.kept_cpus);
}

int show(const ProfileOptions& options) {
  if (!options.name) throw UsageError("sharder profile show needs a name", "sharder profile list");
  const fs::path here = fs::current_path();
  const HardwareProfile profile = load_profile(*options.name, here);
  const SlotPlan plan = plan_slots(machine_of(profile), {}, std::nullopt);
  fmt::print("{}", profile_text(*options.name, here));
  fmt::print("\n# -j auto: {} worker{} ({})\n", plan.slots.size(), plan.slots.size() == 1 ? "" : "s",
             plan.why);
  print_slots(plan);
  return exit_status::success;
}

}  // namespace

int verb_profile(const CommandLine& line, const Environment&) {
  switch (line.verb) {
    case Verb::profile_detect:
      return detect(line.profile);
    case Verb::profile_list:
      return list();
    case Verb::profile_show:
      return show(line.profile);
    default:
      return exit_status::bug;
  }
}

}  // namespace sharder
