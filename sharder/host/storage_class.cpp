#include "sharder/host/storage_class.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

struct FileSystem {
  std::string type, source;
};

FileSystem find_file_system(const std::string& mountinfo, const std::string& device) {
  for (const std::string& line : split_lines(mountinfo)) {
    const std::size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    const std::vector<std::string> head = split(std::string_view(line).substr(0, dash), ' ');
    const std::vector<std::string> tail = split(std::string_view(line).substr(dash + 3), ' ');
    if (head.size() > 2 && head[2] == device && tail.size() > 1) return {tail[0], tail[1]};
  }
  return {};
}

bool over_the_network(const std::string& type) {
  constexpr std::array<std::string_view, 8> types{"nfs", "nfs4", "cifs",      "smb3",
                                                  "9p",  "ceph", "glusterfs", "virtiofs"};
  return std::find(types.begin(), types.end(), type) != types.end();
}

}  // namespace

std::string storage_class(const FileReader& read, const std::string& device) {
  const FileSystem found = find_file_system(read("/proc/self/mountinfo").value_or(""), device);
  if (found.type == "tmpfs" || found.type == "ramfs") return "memory";
  if (over_the_network(found.type)) return "network";
  const std::string name = found.source.substr(found.source.rfind('/') + 1);
  if (name.starts_with("nvme")) return "nvme";
  // Virtual disks say something about turning, and it means nothing.
  if (name.starts_with("vd") || name.starts_with("xvd")) return "virtual";
  // A partition has no queue of its own; its directory lies in that of its disk.
  for (const char* const queue : {"queue", "../queue"}) {
    const auto turning = read(fmt::format("/sys/class/block/{}/{}/rotational", name, queue));
    if (turning) return trim(*turning) == "0" ? "ssd" : "disk";
  }
  return "virtual";
}

std::string device_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw SystemError("look at " + path, errno);
  return fmt::format("{}:{}", major(status.st_dev), minor(status.st_dev));
}

}  // namespace sharder
