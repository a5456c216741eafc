#include "containers/rootfs/nesting.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "containers/rootfs/layer_image.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder::rootfs {
namespace {

constexpr const char* agent = "/.agent";  // mounted in every clone, and in every cell

bool exists(const char* path) {
  struct stat status {};
  return ::lstat(path, &status) == 0;
}

/// "/b" for "/a/b" in "/a" as in "/".
std::string below(const std::string& path, const std::string& directory) {
  return directory == "/" ? path : path.substr(directory.size());
}

std::string target_of(const std::string& name) {
  return name == part_name("/") ? "/" : replace_all(replace_all(name, "%2f", "/"), "%25", "%");
}

}  // namespace

std::string part_name(const std::string& target) {
  return layer_directory(target);
}

Surroundings find_surroundings() {
  // Not by the first process: a launch server is one too, in a namespace of its own.
  const std::vector<MountPoint> mounts = parse_mountinfo(read_file_if_any("/proc/self/mountinfo").value_or(""));
  const auto is_agent = [](const MountPoint& mount) { return mount.path == agent; };
  if (std::none_of(mounts.begin(), mounts.end(), is_agent)) return Surroundings::machine;
  if (!exists(nesting_directory)) return Surroundings::clone;
  // Parts are offered to root alone.
  std::error_code error;
  const bool empty = std::filesystem::is_empty(nesting_directory, error);
  return empty && !error ? Surroundings::nested_clone : Surroundings::nesting_clone;
}

std::optional<Refusal> refusal_of(Surroundings surroundings, unsigned user) {
  if (surroundings == Surroundings::clone)
    return Refusal{"this is a clone without nesting", "set nesting = true in [clones] of the outer sharder.toml"};
  if (surroundings == Surroundings::nested_clone)
    return Refusal{"this is a clone in a clone: overlays lie at most two deep, and a clone here would be the third",
                   "run it one level further out"};
  if (surroundings == Surroundings::nesting_clone && user != 0)
    return Refusal{"clones in a clone take its root, and this is user " + std::to_string(user),
                   "set user = \"root\" in [clones] of the outer sharder.toml"};
  return std::nullopt;
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
  std::string deepest;
  for (const MountPoint& mount : mounts)
    if (is_within(path, mount.path) && mount.path.size() > deepest.size()) deepest = mount.path;
  for (const Part& part : parts)
    if (part.target == deepest) return path == deepest ? part.place : part.place + below(path, deepest);
  return path;
}

}  // namespace sharder::rootfs
