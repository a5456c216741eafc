// A machine that we have or might buy, as a file describes it: what `plan --profile` and `simulate --profile`
// reckon with. Says where profiles come from and what they mean; reading the file is profile_reader.hpp's
// affair.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sharder/host/slots.hpp"
#include "sharder/host/topology.hpp"

namespace sharder {

struct ProfilePrice {
  double per_hour = 0;
  std::string currency;  // three capital letters
};

struct HardwareProfile {
  std::string name, description;
  std::string file;  // where it was read; as people know it

  std::string synthetic;    // hwloc's short form; may be empty where there is XML
  std::string xml, sha256;  // name of the XML beside the file, and its digest; or both empty
  MachineTopology topology;
  std::string cpu_model;

  std::uint64_t memory_bytes = 0;
  std::string storage;    // nvme, ssd, disk, virtual, network or memory
  double core_speed = 1;  // of the fastest kind of core, alone; 1 is the CI machine
  std::vector<double>
      kind_speeds;  // of each kind beside the fastest, slowest first, 1 last; empty: all are alike
  std::optional<double> smt_gain;   // what a core does with both threads busy; empty: not known
  std::optional<double> cpu_quota;  // what a container may use of it
  std::optional<std::uint64_t> memory_limit_bytes;
  std::optional<ProfilePrice> price;
  std::map<std::string, std::string> sources;  // by section: where its values come from
};

/// A path ending in .toml; or a name: hardware-profiles/NAME.toml in the project, else one that is compiled
/// in. Throws ConfigError with all that is wrong with it.
HardwareProfile load_profile(const std::string& name_or_path, const std::filesystem::path& project_directory);

/// Those compiled in, in alphabetical order.
std::vector<std::string> profile_names();
/// The project's own, in alphabetical order.
std::vector<std::string> project_profile_names(const std::filesystem::path& project_directory);
/// Those that a command line asks for: "all" among them means every one, the project's own included.
std::vector<std::string> profiles_named(const std::vector<std::string>& asked,
                                        const std::filesystem::path& project_directory);
/// The text of a profile as load_profile() finds it. Throws ConfigError.
std::string profile_text(const std::string& name_or_path, const std::filesystem::path& project_directory);

/// The machine, idle, so that plan_slots() works on it as on the one we run on.
Machine machine_of(const HardwareProfile& profile);

struct ProfileCapacity {
  int workers = 1;
  std::vector<double> speeds;  // one per worker, in the order of the slots: how much faster than the CI
                               // machine its tests run
  std::string why;  // as SlotPlan::why
};

/// What a run on such a machine gets. Where workers share cores, speeds say what is left for each when all
/// are busy.
ProfileCapacity capacity_of(const HardwareProfile& profile, const WorkersChoice& workers,
                            const std::optional<WidthEvidence>& evidence);

}  // namespace sharder
