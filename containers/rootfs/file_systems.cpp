#include "containers/rootfs/file_systems.hpp"

#include <algorithm>
#include <array>

#include "sharder/support/text.hpp"

namespace sharder::rootfs {
namespace {

constexpr std::array<std::string_view, 26> kernel_types{
    "autofs", "binfmt_misc", "bpf",      "cgroup",  "cgroup2",    "configfs",   "debugfs",
    "devpts", "devtmpfs",    "efivarfs", "fusectl", "hugetlbfs",  "mqueue",     "nsfs",
    "proc",   "pstore",      "ramfs",    "rootfs",  "rpc_pipefs", "securityfs", "selinuxfs",
    "sysfs",  "tmpfs",       "tracefs",  "overlay", "fuse.lxcfs"};
constexpr std::array<std::string_view, 5> fresh_in_clones{"/dev", "/proc", "/run", "/sys", "/tmp"};

/// "\040" and its like stand for blanks, tabs, newlines and backslashes.
std::string unescape(std::string_view field) {
  std::string text;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] == '\\' && i + 3 < field.size()) {
      text.push_back(
          static_cast<char>((field[i + 1] - '0') * 64 + (field[i + 2] - '0') * 8 + (field[i + 3] - '0')));
      i += 3;
    } else {
      text.push_back(field[i]);
    }
  }
  return text;
}

}  // namespace

bool is_within(std::string_view path, std::string_view directory) {
  if (directory == "/") return true;
  return path.substr(0, directory.size()) == directory &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

std::vector<MountPoint> parse_mountinfo(std::string_view content) {
  std::vector<MountPoint> mounts;
  for (const std::string& line : split_lines(content)) {
    // "36 35 98:0 /root /path options [optional fields] - type source options"
    const std::vector<std::string> fields = split(line, ' ');
    const auto dash = std::find(fields.begin(), fields.end(), "-");
    if (fields.size() < 7 || fields.end() - dash < 2) continue;
    MountPoint mount{unescape(fields[4]), *(dash + 1)};
    std::erase_if(mounts, [&](const MountPoint& earlier) { return earlier.path == mount.path; });
    mounts.push_back(std::move(mount));
  }
  return mounts;
}

std::vector<MountPoint> real_file_systems(const std::vector<MountPoint>& all) {
  std::vector<MountPoint> real;
  for (const MountPoint& mount : all) {
    const bool kernel = std::find(kernel_types.begin(), kernel_types.end(), mount.type) != kernel_types.end();
    const bool fresh =
        std::any_of(fresh_in_clones.begin(), fresh_in_clones.end(),
                    [&](std::string_view directory) { return is_within(mount.path, directory); });
    if (!kernel && !fresh && mount.path != "/") real.push_back(mount);
  }
  std::sort(real.begin(), real.end(),
            [](const MountPoint& a, const MountPoint& b) { return a.path < b.path; });
  return real;
}

}  // namespace sharder::rootfs
