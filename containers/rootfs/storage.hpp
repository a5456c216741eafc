// Where a clone's writes go: a tmpfs, or an image file on disk. Both end in ENOSPC at the same size.
#pragma once

#include <cstdint>
#include <string>

#include "containers/agent/messages.hpp"

namespace sharder::rootfs {

/// A run's image files, with storage = "disk".
std::string storage_directory(const std::string& run_id);
/// One clone's.
std::string storage_image(const std::string& run_id, const std::string& clone);

/// Mounts the clone's storage on `directory`.
void mount_storage(const wire::Configure& settings, const std::string& clone, const std::string& directory);
/// A cell's: a tmpfs of its own, or a directory of the clone's disk, whose size then holds for both.
void mount_cell_storage(const wire::Configure& settings, const std::string& directory);

}  // namespace sharder::rootfs
