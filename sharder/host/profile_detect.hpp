// Describes the machine that we run on as a hardware profile.
#pragma once

#include <string>

namespace sharder {

struct DetectedProfile {
  std::string name;        // as host_class()
  std::string toml;        // the profile
  std::string xml;         // the topology, for NAME.xml beside it
  bool needs_xml = false;  // whether the TOML names the XML, so that neither is complete alone
};

/// Measures for about a second. `date` is for the sources; `storage_path` says which file system counts. The
/// TOML names the XML where `with_xml` is set, or where hwloc's short form cannot tell the topology. Throws
/// SystemError.
DetectedProfile detect_profile(const std::string& date, const std::string& storage_path, bool with_xml);

}  // namespace sharder
