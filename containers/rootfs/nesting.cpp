#include "containers/rootfs/nesting.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "containers/rootfs/layer_image.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder::rootfs {
namespace {

bool exists(const char* path) {
  struct stat status {};
  return ::lstat(path, &status) == 0;
}

std::string target_of(const std::string& name) {
  return name == part_name("/") ? "/" : replace_all(replace_all(name, "%2f", "/"), "%25", "%");
}

}  // namespace

std::string part_name(const std::string& target) {
  return layer_directory(target);
}

Surroundings find_surroundings() {
  const std::string init = read_file_if_any("/proc/1/comm").value_or("");
  if (trim(init) != "sharder-agent" || !exists("/.agent")) return Surroundings::machine;
  if (!exists(nesting_directory)) return Surroundings::clone;
  return offered_parts().empty() ? Surroundings::nested_clone : Surroundings::nesting_clone;
}

std::vector<Part> offered_parts() {
  std::vector<Part> parts;
  std::error_code error;
  for (std::filesystem::directory_iterator at(nesting_directory, error), end; !error && at != end; at.increment(error))
    parts.push_back({target_of(at->path().filename().string()), at->path().string()});
  std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.target < b.target; });
  return parts;
}

std::string place_of(const std::string& path, const std::vector<Part>& parts, const std::vector<MountPoint>& mounts) {
  std::string deepest = "/";
  for (const MountPoint& mount : mounts)
    if (is_within(path, mount.path) && mount.path.size() > deepest.size()) deepest = mount.path;
  for (const Part& part : parts)
    if (part.target == deepest) return path == "/" ? part.place : part.place + (deepest == "/" ? path : path.substr(deepest.size()));
  return path;
}

}  // namespace sharder::rootfs
