#include "containers/rootfs/layer_image.hpp"

#include <fcntl.h>
#include <linux/loop.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "containers/rootfs/mount_calls.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder::rootfs {
namespace {

/// Somebody else may take a free loop device between our asking for it and our using it.
constexpr int loop_attempts = 50;

void run_mkfs(const std::string& image, const std::string& directory, const std::string& log) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  std::string words[] = {"mkfs.erofs", image, directory};
  char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  char* environment[] = {path, nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, "mkfs.erofs", &actions, &attributes, arguments, environment);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT) throw ContainerError("cannot pack a layer: there is no mkfs.erofs", "apt install erofs-utils");
  if (error != 0) throw SystemError("start mkfs.erofs", error);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  if (status != 0)
    throw ContainerError("mkfs.erofs failed: " + printable(trim(read_file_if_any(log).value_or(""))));
}

UniqueFd take_loop_device(const UniqueFd& image, std::string& path) {
  const UniqueFd control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC));
  if (!control)
    throw ContainerError("cannot mount a layer: no loop devices (" + error_text(errno) + ")", "modprobe loop");
  for (int attempt = 0; attempt < loop_attempts; ++attempt) {
    const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
    if (number < 0) throw SystemError("find a free loop device", errno);
    path = "/dev/loop" + std::to_string(number);
    UniqueFd device(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!device) throw SystemError("open " + path, errno);
    loop_config configuration{};
    configuration.fd = static_cast<std::uint32_t>(image.get());
    configuration.info.lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR;
    if (::ioctl(device.get(), LOOP_CONFIGURE, &configuration) == 0) return device;
    if (errno != EBUSY) throw SystemError("set up " + path, errno);
  }
  throw ContainerError("cannot mount a layer: every loop device is taken as soon as it is free");
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
  std::vector<std::string> mounted;
  for (const WrittenTree& tree : trees) {
    const std::string place = staging + "/" + layer_directory(tree.target);
    make_directory(place);
    const UniqueFd upper = copy_mount(tree.upper);
    if (shifted) idmap(upper, unshift, "what the clone wrote");
    attach(upper, place);
    mounted.push_back(place);
  }
  const std::string beside = image + ".new", log = staging + ".log";
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(image).parent_path(), ignored);
  run_mkfs(beside, staging, log);
  for (const std::string& place : mounted) ::umount2(place.c_str(), MNT_DETACH);
  ::unlink(log.c_str());
  if (::rename(beside.c_str(), image.c_str()) != 0) throw SystemError("rename " + beside, errno);
}

void mount_layer_image(const std::string& image, const std::string& directory) {
  const UniqueFd file(::open(image.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) throw SystemError("open layer " + image, errno);
  std::string device_path;
  const UniqueFd device = take_loop_device(file, device_path);
  if (::mount(device_path.c_str(), directory.c_str(), "erofs", MS_RDONLY | MS_NODEV, nullptr) != 0) {
    const int error = errno;
    throw SystemError("mount layer " + image, error, "modprobe erofs");
  }
}

}  // namespace sharder::rootfs
