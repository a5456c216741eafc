// Image files as block devices that vanish with their last mount.
#pragma once

#include <string>

#include "sharder/support/unique_fd.hpp"

namespace sharder::rootfs {

struct LoopDevice {
  std::string path;
  UniqueFd device;  // keeps it until it is mounted
};
enum class LoopAccess { read_only, read_write };
/// Throws ContainerError or SystemError.
LoopDevice attach_loop_device(const std::string& image, LoopAccess access);

}  // namespace sharder::rootfs
