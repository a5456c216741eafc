#include "containers/rootfs/layer_image.hpp"

#include <fcntl.h>
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
namespace {

/// As storage.cpp has it for clones.
constexpr std::uint64_t bytes_per_inode = 4096;

/// The trees side by side in one directory, for as long as the object lives.
class Staging {
 public:
  /// `shown_by`: a namespace whose map shows the trees with the ids that they shall have; none: as they are.
  Staging(const std::vector<WrittenTree>& trees, const std::string& directory, const UniqueFd& shown_by) {
    for (const WrittenTree& tree : trees) {
      const std::string place = directory + "/" + layer_directory(tree.target);
      make_directory(place);
      const UniqueFd upper = copy_mount(tree.upper);
      if (shown_by) idmap(upper, shown_by, "what the clone wrote");
      attach(upper, place);
      mounted_.push_back(place);
    }
  }
  ~Staging() {
    for (const std::string& place : mounted_) ::umount2(place.c_str(), MNT_DETACH);
  }
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

 private:
  std::vector<std::string> mounted_;
};

/// Runs the command, which writes `image` + ".new", and gives that its name.
void pack(std::vector<std::string> command, const std::string& package, const std::string& image) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(image).parent_path(), ignored);
  run_command(std::move(command), package);
  const std::string beside = image + ".new";
  if (::rename(beside.c_str(), image.c_str()) != 0) throw SystemError("rename " + beside, errno);
}

}  // namespace

std::string layer_directory(const std::string& target) {
  return target == "/" ? "root" : replace_all(replace_all(target, "%", "%25"), "/", "%2f");
}

void pack_layer_image(const std::vector<WrittenTree>& trees, const ClonesIds& ids, const std::string& staging,
                      const std::string& image) {
  const bool shifted = ids.users.base() != 0;
  // The inverse map shows the files with the ids that they have inside.
  const UniqueFd unshift =
      shifted ? make_user_namespace({ids.users.inverse(), ids.groups.inverse()}, 0) : UniqueFd();
  const Staging staged(trees, staging, unshift);
  pack({"mkfs.erofs", image + ".new", staging}, "erofs-utils", image);
}

void pack_layer_archive(const std::vector<WrittenTree>& trees, const std::string& staging, const std::string& archive) {
  const Staging staged(trees, staging, UniqueFd());
  pack({"tar", "--create", "--xattrs", "--xattrs-include=*", "--numeric-owner", "--sparse", "--directory", staging,
        "--file", archive + ".new", "."},
       "tar", archive);
}

void unpack_layer_archive(const std::string& archive, const std::string& directory, std::uint64_t most_bytes) {
  const UniqueFd file(::open(archive.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) throw SystemError("open " + archive, errno);
  attach(make_tmpfs(most_bytes, most_bytes / bytes_per_inode), directory);
  run_command({"tar", "--extract", "--preserve-permissions", "--same-owner", "--numeric-owner", "--xattrs",
               "--xattrs-include=*", "--directory", directory, "--file", archive},
              "tar");
}

void mount_layer_image(const std::string& image, const std::string& directory) {
  const LoopDevice loop = attach_loop_device(image, LoopAccess::read_only);
  if (::mount(loop.path.c_str(), directory.c_str(), "erofs", MS_RDONLY | MS_NODEV, nullptr) != 0) {
    const int error = errno;
    throw SystemError("mount layer " + image, error, "modprobe erofs");
  }
}

}  // namespace sharder::rootfs
