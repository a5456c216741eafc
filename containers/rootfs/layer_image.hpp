// A layer: what was written in one clone, as a read-only image that lies in front of the base of others. Ids
// in it are the clone's own, so that it fits any range.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "containers/rootfs/id_map.hpp"

namespace sharder::rootfs {

/// The directory of an image that holds what was written below `target`.
std::string layer_directory(const std::string& target);

struct WrittenTree {
  std::string target, upper;
};
/// Packs the trees into an erofs image at `image`, in one step. `staging` is an empty directory that is used
/// up; `ids` are the ranges that the trees are written with. Throws ContainerError.
void pack_layer_image(const std::vector<WrittenTree>& trees, const ClonesIds& ids, const std::string& staging,
                      const std::string& image);

/// The same as a tar archive, for who gets no loop devices. Ids stay as they are.
void pack_layer_archive(const std::vector<WrittenTree>& trees, const std::string& staging, const std::string& archive);

/// Mounts an image on `directory`, by a loop device that goes with the mount. Throws ContainerError.
void mount_layer_image(const std::string& image, const std::string& directory);
/// Unpacks an archive into a tmpfs on `directory`. Throws ContainerError.
void unpack_layer_archive(const std::string& archive, const std::string& directory, std::uint64_t most_bytes);

}  // namespace sharder::rootfs
