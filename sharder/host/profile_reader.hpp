// Reads one hardware profile and refuses one that contradicts itself, with all its mistakes at once. What the
// values mean is hardware_profile.hpp's affair; the format is described in
// docs/reference/hardware-profiles.md.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sharder/config/diagnostic.hpp"
#include "sharder/host/hardware_profile.hpp"

namespace sharder {

/// Of the files. A change of meaning raises it.
constexpr int profile_format = 1;

struct ProfileFile {
  std::string path;  // for messages
  std::string name;  // that the profile must bear
  std::string text;
  std::function<std::optional<std::string>(const std::string& file)>
      read_beside;  // a file in the same directory
};

/// The result means something only where `diagnostics` got no error.
HardwareProfile read_profile(const ProfileFile& file, Diagnostics& diagnostics);

}  // namespace sharder
