// What this machine can do for clones, found out by doing it: for `sharder doctor`, and for a launcher that
// must say before the first clone why none can ever start.
#pragma once

#include <string>
#include <vector>

namespace sharder::rootfs {

struct Probe {
  std::string name;  // "overlay over an idmapped mount"
  bool ok = false;
  bool essential = false;  // without it no clone starts
  std::string detail;      // what was found, or why it failed
  std::string cure;        // a command or a setting; "" where there is none
};

/// All probes, in the order in which a person would want to mend them. Takes some milliseconds, leaves
/// nothing.
std::vector<Probe> probe_machine();

/// The type of the file system that holds `path`, and whether mounts of it can be shifted.
struct FileSystemProbe {
  std::string type;
  bool can_be_shifted = false;
  std::string why_not;
};
FileSystemProbe probe_file_system(const std::string& path);

}  // namespace sharder::rootfs
