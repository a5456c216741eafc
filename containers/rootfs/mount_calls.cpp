#include "containers/rootfs/mount_calls.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder::rootfs {
namespace {

/// fsconfig() refuses longer values.
constexpr std::size_t max_option_bytes = 255;

void set_option(const UniqueFd& context, const char* key, const std::string& value) {
  if (::fsconfig(context.get(), FSCONFIG_SET_STRING, key, value.c_str(), 0) != 0)
    throw SystemError(std::string("set mount option ") + key + "=" + value, errno);
}

void set_flag(const UniqueFd& context, const char* key) {
  if (::fsconfig(context.get(), FSCONFIG_SET_FLAG, key, nullptr, 0) != 0)
    throw SystemError(std::string("set mount option ") + key, errno);
}

/// An option that older kernels do not know and that we can do without.
void set_option_if_known(const UniqueFd& context, const char* key, const char* value) {
  if (value == nullptr) {
    ::fsconfig(context.get(), FSCONFIG_SET_FLAG, key, nullptr, 0);
  } else {
    ::fsconfig(context.get(), FSCONFIG_SET_STRING, key, value, 0);
  }
}

UniqueFd open_context(const char* type) {
  UniqueFd context(::fsopen(type, FSOPEN_CLOEXEC));
  if (!context) throw SystemError(std::string("open file system type ") + type, errno);
  return context;
}

/// What the kernel wrote into the context's log about a failure, "" if nothing.
std::string context_log(const UniqueFd& context) {
  char message[512];
  const ssize_t got = ::read(context.get(), message, sizeof message);
  return got > 2 ? " (" + std::string(trim({message + 2, static_cast<std::size_t>(got) - 2})) + ")" : "";
}

UniqueFd create(const UniqueFd& context, const char* type, unsigned attributes) {
  if (::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    const int error = errno;
    throw SystemError(std::string("make a file system of type ") + type + context_log(context), error);
  }
  UniqueFd mount(::fsmount(context.get(), FSMOUNT_CLOEXEC, attributes));
  if (!mount) throw SystemError(std::string("mount a file system of type ") + type, errno);
  return mount;
}

}  // namespace

UniqueFd copy_mount(const std::string& path, bool recursive) {
  const unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0u);
  UniqueFd mount(::open_tree(AT_FDCWD, path.c_str(), flags));
  if (!mount) throw SystemError("copy the mount at " + path, errno);
  return mount;
}

bool try_idmap(const UniqueFd& mount, const UniqueFd& user_namespace) {
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_IDMAP;
  attributes.userns_fd = static_cast<std::uint64_t>(user_namespace.get());
  return ::mount_setattr(mount.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) == 0;
}

void idmap(const UniqueFd& mount, const UniqueFd& user_namespace, const std::string& what) {
  if (!try_idmap(mount, user_namespace)) throw SystemError("shift the ids of " + what, errno);
}

void make_read_only(const UniqueFd& mount, const std::string& what) {
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  if (::mount_setattr(mount.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0)
    throw SystemError("make read-only " + what, errno);
}

void attach(const UniqueFd& mount, const std::string& path) {
  if (::move_mount(mount.get(), "", AT_FDCWD, path.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0)
    throw SystemError("mount onto " + path, errno);
}

UniqueFd open_within(const std::string& root, const std::string& path, int flags) {
  const UniqueFd directory(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return {};
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT;
  return UniqueFd(static_cast<int>(::syscall(SYS_openat2, directory.get(), path.c_str(), &how, sizeof how)));
}

void attach_within(const UniqueFd& mount, const std::string& root, const std::string& path) {
  const UniqueFd target = open_within(root, path, O_PATH);
  constexpr unsigned flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  if (!target || ::move_mount(mount.get(), "", target.get(), "", flags) != 0)
    throw SystemError("mount onto " + path + " of the clone", errno);
}

UniqueFd make_overlay(const OverlayLayers& layers) {
  const UniqueFd context = open_context("overlay");
  const std::string joined = join(layers.lowers, ":");
  if (joined.size() <= max_option_bytes) {
    set_option(context, "lowerdir", joined);
  } else {
    for (const std::string& lower : layers.lowers) set_option(context, "lowerdir+", lower);
  }
  if (layers.marks == Marks::user) set_flag(context, "userxattr");
  if (!layers.upper.empty()) {
    set_option(context, "upperdir", layers.upper);
    set_option(context, "workdir", layers.work);
    // Without redirect_dir a directory of the base cannot be renamed (EXDEV). With users' marks there is none.
    if (layers.marks == Marks::trusted) set_option(context, "redirect_dir", "on");
    set_option(context, "index", layers.index ? "on" : "off");
    set_option_if_known(context, "volatile", nullptr);
  }
  // Device nodes that lie in the base must not open for a clone's root.
  return create(context, "overlay", MOUNT_ATTR_NODEV);
}

UniqueFd make_tmpfs(std::uint64_t size_bytes, std::uint64_t inodes) {
  const UniqueFd context = open_context("tmpfs");
  set_option(context, "size", std::to_string(size_bytes));
  set_option(context, "nr_inodes", std::to_string(inodes));
  set_option(context, "mode", "0755");
  return create(context, "tmpfs", MOUNT_ATTR_NODEV);
}

void make_directory(const std::string& path, unsigned mode) {
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) throw SystemError("make directory " + path, errno);
}

void make_directories(const std::string& path, unsigned mode) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1))
    make_directory(path.substr(0, slash), mode);
  make_directory(path, mode);
}

}  // namespace sharder::rootfs
