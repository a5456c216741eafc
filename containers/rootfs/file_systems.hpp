// Which other file systems of the machine belong into a clone of it, as /proc/self/mountinfo shows them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sharder::rootfs {

struct MountPoint {
  std::string path, type;
};
/// The lines of a mountinfo file, escapes resolved; later mounts over the same path replace earlier ones.
std::vector<MountPoint> parse_mountinfo(std::string_view content);

/// Those that hold files of the machine: no kernel file systems, nothing that clones get afresh (/dev, /proc,
/// /run, /sys, /tmp) and no tmpfs.
std::vector<MountPoint> real_file_systems(const std::vector<MountPoint>& all);

/// Whether `path` is `directory` or lies below it.
bool is_within(std::string_view path, std::string_view directory);

}  // namespace sharder::rootfs
