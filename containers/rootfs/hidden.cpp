#include "containers/rootfs/hidden.hpp"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "containers/rootfs/file_systems.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder::rootfs {
namespace {

/// What a home holds that lets one act as its owner elsewhere.
constexpr std::array secrets_of_a_home{".ssh",
                                       ".gnupg",
                                       ".aws",
                                       ".azure",
                                       ".docker",
                                       ".kube",
                                       ".netrc",
                                       ".pgpass",
                                       ".pypirc",
                                       ".npmrc",
                                       ".config/gh",
                                       ".config/gcloud",
                                       ".config/hub",
                                       ".git-credentials",
                                       ".local/share/keyrings",
                                       ".password-store",
                                       ".vault-token",
                                       ".cargo/credentials",
                                       ".cargo/credentials.toml",
                                       ".terraform.d",
                                       ".m2/settings.xml",
                                       ".my.cnf",
                                       ".s3cfg",
                                       ".mozilla",
                                       ".config/google-chrome"};

std::vector<std::string> matches(const std::string& base_root, const std::string& pattern) {
  const std::string prefix = base_root == "/" ? "" : base_root;
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob((prefix + pattern).c_str(), GLOB_NOSORT | GLOB_PERIOD, nullptr, &found) == 0)
    for (std::size_t i = 0; i < found.gl_pathc; ++i)
      paths.push_back(std::string(found.gl_pathv[i]).substr(prefix.size()));
  ::globfree(&found);
  // GLOB_PERIOD also matches the directory itself and its parent.
  std::erase_if(paths, [](const std::string& path) { return path.ends_with("/.") || path.ends_with("/.."); });
  for (std::string& path : paths)
    while (path.size() > 1 && path.back() == '/') path.pop_back();
  return paths;
}

bool exists(const std::string& path, struct stat& status) {
  return ::lstat(path.c_str(), &status) == 0;
}

}  // namespace

std::vector<std::string> expand_hidden(const std::string& base_root, const std::vector<std::string>& globs,
                                       const std::string& home) {
  std::vector<std::string> hidden;
  for (const std::string& pattern : globs)
    for (std::string& path : matches(base_root, pattern))
      if (path != home && path != "/") hidden.push_back(std::move(path));
  for (const char* name : secrets_of_a_home)
    for (std::string& path : matches(base_root, home + "/" + name)) hidden.push_back(std::move(path));
  std::sort(hidden.begin(), hidden.end());
  hidden.erase(std::unique(hidden.begin(), hidden.end()), hidden.end());
  // What lies in a hidden directory needs no entry of its own.
  std::vector<std::string> outermost;
  for (std::string& path : hidden) {
    const bool covered = std::any_of(outermost.begin(), outermost.end(),
                                     [&](const std::string& other) { return is_within(path, other); });
    if (!covered) outermost.push_back(std::move(path));
  }
  return outermost;
}

HideLayer::HideLayer(std::string directory, std::string base, const ClonesIds& ids, Marks marks)
    : directory_(std::move(directory)), base_(std::move(base)), ids_(ids), marks_(marks) {}

bool HideLayer::in_opaque(const std::string& path) const {
  return std::any_of(opaque_.begin(), opaque_.end(),
                     [&](const std::string& other) { return path != other && is_within(path, other); });
}

void HideLayer::own(const std::string& file) {
  const std::uint32_t user = ids_.users.outside(0).value_or(0), group = ids_.groups.outside(0).value_or(0);
  if (::lchown(file.c_str(), user, group) != 0) throw SystemError("chown " + file, errno);
}

void HideLayer::make_parents(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string parent = path.substr(0, slash), made = directory_ + parent;
    if (::mkdir(made.c_str(), 0755) != 0) {
      if (errno == EEXIST) continue;
      throw SystemError("make directory " + made, errno);
    }
    struct stat status {};
    if (in_opaque(parent)) {
      own(made);
      if (::chmod(made.c_str(), 0711) != 0) throw SystemError("chmod " + made, errno);
    } else if (exists(base_ + parent, status) && S_ISDIR(status.st_mode)) {
      // A merged directory shows the topmost layer's attributes.
      const timespec times[2] = {status.st_atim, status.st_mtim};
      if (!give_to(made, status.st_uid, status.st_gid, ids_) ||
          ::chmod(made.c_str(), status.st_mode & 07777) != 0 ||
          ::utimensat(AT_FDCWD, made.c_str(), times, 0) != 0)
        throw SystemError("copy the attributes of " + parent, errno);
    } else {
      own(made);
    }
  }
}

void HideLayer::make_opaque(const std::string& path, unsigned mode) {
  make_parents(path);
  const std::string made = directory_ + path;
  if (::mkdir(made.c_str(), 0700) != 0 && errno != EEXIST) throw SystemError("make directory " + made, errno);
  own(made);
  if (::chmod(made.c_str(), mode) != 0) throw SystemError("chmod " + made, errno);
  const char* opaque = marks_ == Marks::trusted ? "trusted.overlay.opaque" : "user.overlay.opaque";
  if (::setxattr(made.c_str(), opaque, "y", 1, 0) != 0)
    throw SystemError("mark as opaque " + made, errno);
  opaque_.push_back(path);
}

void HideLayer::hide(const std::string& path) {
  struct stat status {};
  if (in_opaque(path) || !exists(base_ + path, status)) return;
  if (S_ISDIR(status.st_mode)) {
    make_opaque(path, 0711);
  } else {
    remove(path);
  }
}

void HideLayer::remove(const std::string& path) {
  make_parents(path);
  const std::string made = directory_ + path;
  if (::mknod(made.c_str(), S_IFCHR, ::makedev(0, 0)) != 0 && errno != EEXIST)
    throw SystemError("hide " + path, errno);
}

void HideLayer::empty(const std::string& path, unsigned mode) {
  make_opaque(path, mode);
}

void HideLayer::make_mount_point(const std::string& path) {
  struct stat status {};
  if (exists(base_ + path, status) && S_ISDIR(status.st_mode)) hide(path);
  reveal_way_to(path);
}

void HideLayer::reveal_way_to(const std::string& path) {
  make_parents(path);
  const std::string made = directory_ + path;
  struct stat status {};
  const bool in_base = !in_opaque(path) && exists(base_ + path, status);
  if (in_base) return;
  if (::mkdir(made.c_str(), 0755) != 0) {
    if (errno == EEXIST) return;
    throw SystemError("make directory " + made, errno);
  }
  own(made);
}

void HideLayer::add_file(const wire::File& file) {
  make_parents(file.path);
  const std::string made = directory_ + file.path;
  ::unlink(made.c_str());
  const UniqueFd fd(::open(made.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  const bool written = fd && ::write(fd.get(), file.content.data(), file.content.size()) ==
                                 static_cast<ssize_t>(file.content.size());
  if (!written || ::fchmod(fd.get(), file.mode & 07777) != 0) throw SystemError("write " + file.path, errno);
  own(made);
}

}  // namespace sharder::rootfs
