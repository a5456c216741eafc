// What kind of storage a file system lies on. Says what the kernel tells; how fast it is, nobody measured.
#pragma once

#include <string>

#include "sharder/host/cgroup_limits.hpp"

namespace sharder {

/// nvme, ssd, disk, network, memory, or virtual for a disk or file system whose medium is not told. `device`
/// is the file system's "MAJOR:MINOR", as in /proc/self/mountinfo.
std::string storage_class(const FileReader& read, const std::string& device);

/// "MAJOR:MINOR" of the file system that holds `path`. Throws SystemError.
std::string device_of(const std::string& path);

}  // namespace sharder
