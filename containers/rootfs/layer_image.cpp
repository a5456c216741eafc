#include "containers/rootfs/layer_image.hpp"

#include <sys/mount.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "containers/rootfs/command.hpp"
#include "containers/rootfs/loop_device.hpp"
#include "containers/rootfs/mount_calls.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder::rootfs {
std::string layer_directory(const std::string& target) {
  return target == "/" ? "root" : replace_all(replace_all(target, "%", "%25"), "/", "%2f");
}

void pack_layer_image(const std::vector<WrittenTree>& trees, const ClonesIds& ids, const std::string& staging,
                      const std::string& image) {
  const bool shifted = ids.users.base() != 0;
  // The inverse map shows the files with the ids that they have inside.
  const UniqueFd unshift =
      shifted ? make_user_namespace({ids.users.inverse(), ids.groups.inverse()}, 0) : UniqueFd();
  std::vector<std::string> mounted;
  for (const WrittenTree& tree : trees) {
    const std::string place = staging + "/" + layer_directory(tree.target);
    make_directory(place);
    const UniqueFd upper = copy_mount(tree.upper);
    if (shifted) idmap(upper, unshift, "what the clone wrote");
    attach(upper, place);
    mounted.push_back(place);
  }
  const std::string beside = image + ".new";
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(image).parent_path(), ignored);
  run_command({"mkfs.erofs", beside, staging}, "erofs-utils");
  for (const std::string& place : mounted) ::umount2(place.c_str(), MNT_DETACH);
  if (::rename(beside.c_str(), image.c_str()) != 0) throw SystemError("rename " + beside, errno);
}

void mount_layer_image(const std::string& image, const std::string& directory) {
  const LoopDevice loop = attach_loop_device(image, LoopAccess::read_only);
  if (::mount(loop.path.c_str(), directory.c_str(), "erofs", MS_RDONLY | MS_NODEV, nullptr) != 0) {
    const int error = errno;
    throw SystemError("mount layer " + image, error, "modprobe erofs");
  }
}

}  // namespace sharder::rootfs
