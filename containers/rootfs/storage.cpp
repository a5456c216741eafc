#include "containers/rootfs/storage.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "containers/rootfs/command.hpp"
#include "containers/rootfs/loop_device.hpp"
#include "containers/rootfs/mount_calls.hpp"
#include "sharder/support/errors.hpp"

namespace sharder::rootfs {
namespace {

/// /run is a tmpfs nearly everywhere, so that disk storage cannot lie there.
constexpr const char* storage_root = "/var/lib/sharder/storage";

/// One inode per 4 KiB, but neither so few that a source tree does not fit nor so many that they alone fill
/// memory.
std::uint64_t inodes_for(std::uint64_t bytes) {
  return std::clamp<std::uint64_t>(bytes / 4096, 32768, 1u << 20);
}

void make_image(const std::string& image, std::uint64_t bytes) {
  const UniqueFd file(::open(image.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file || ::ftruncate(file.get(), static_cast<off_t>(bytes)) != 0)
    throw SystemError("make " + image, errno);
  // No journal and no reserve: nobody reads it after a crash. The tables are written when they are needed.
  run_command(
      {"mkfs.ext4", "-q", "-F", "-m", "0", "-O", "^has_journal", "-E", "lazy_itable_init=1,nodiscard", image},
      "e2fsprogs");
}

}  // namespace

std::string storage_directory(const std::string& run_id) {
  return std::string(storage_root) + "/" + run_id;
}

std::string storage_image(const std::string& run_id, const std::string& clone) {
  return storage_directory(run_id) + "/" + clone + ".img";
}

void mount_storage(const wire::Configure& settings, const std::string& clone, const std::string& directory) {
  make_directory(directory);
  if (!settings.storage_on_disk) {
    attach(make_tmpfs(settings.disk_bytes, inodes_for(settings.disk_bytes)), directory);
    return;
  }
  const std::string image = storage_image(settings.run_id, clone);
  make_directories(storage_directory(settings.run_id), 0700);
  make_image(image, settings.disk_bytes);
  const LoopDevice loop = attach_loop_device(image, LoopAccess::read_write);
  if (::mount(loop.path.c_str(), directory.c_str(), "ext4", MS_NODEV | MS_NOATIME, nullptr) != 0)
    throw SystemError("mount " + image, errno);
}

void mount_cell_storage(const wire::Configure& settings, const std::string& directory) {
  make_directory(directory);
  if (!settings.storage_on_disk)
    attach(make_tmpfs(settings.disk_bytes, inodes_for(settings.disk_bytes)), directory);
}

}  // namespace sharder::rootfs
