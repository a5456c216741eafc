#include "containers/cgroups/hierarchies.hpp"

#include <dirent.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>

#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder::cgroups {
namespace {

constexpr int max_attempts = 100, pause_us = 5000;

struct MountedHierarchy {
  std::string point, root;
  bool unified = false;
  std::vector<std::string> options;
};

/// "36 35 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu"
std::vector<MountedHierarchy> mounted(std::string_view mountinfo) {
  std::vector<MountedHierarchy> found;
  for (const std::string& line : split_lines(mountinfo)) {
    const std::vector<std::string> fields = split(line, ' ');
    const auto dash = std::find(fields.begin(), fields.end(), "-");
    if (fields.size() < 7 || fields.end() - dash < 4) continue;
    const std::string& type = *(dash + 1);
    if (type != "cgroup" && type != "cgroup2") continue;
    found.push_back({fields[4], fields[3], type == "cgroup2", split(*(dash + 3), ',')});
  }
  return found;
}

/// The group of a line "4:memory:/some/group" whose controllers are `names`; nothing where there is none.
std::optional<std::string> group_of(std::string_view groups, bool unified,
                                    const std::vector<std::string>& options) {
  for (const std::string& line : split_lines(groups)) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::vector<std::string> names = split(line.substr(first + 1, second - first - 1), ',');
    const bool is_unified = names == std::vector<std::string>{""};
    const bool ours =
        unified ? is_unified : !is_unified && std::all_of(names.begin(), names.end(), [&](const auto& name) {
          return std::find(options.begin(), options.end(), name) != options.end();
        });
    if (ours) return line.substr(second + 1);
  }
  return std::nullopt;
}

/// systemd keeps PID 1 in a scope of its own below the root that it manages.
std::string without_init_scope(std::string group) {
  for (const std::string_view scope : {"/init.scope"})
    if (group.ends_with(scope)) group.resize(group.size() - scope.size());
  return group == "/" ? "" : group;
}

bool remove_tree(const std::string& directory) {
  // Mostly there is nothing in it, and looking costs more than trying.
  if (::rmdir(directory.c_str()) == 0 || errno == ENOENT) return true;
  DIR* stream = ::opendir(directory.c_str());
  if (stream == nullptr) return errno == ENOENT;
  std::vector<std::string> children;
  // lxc-attach leaves one that is called ".lxc".
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (entry->d_type == DT_DIR && name != "." && name != "..") children.emplace_back(name);
  }
  ::closedir(stream);
  for (const std::string& child : children) remove_tree(directory + "/" + child);
  return ::rmdir(directory.c_str()) == 0 || errno == ENOENT;
}

void kill_below(const std::filesystem::path& group) {
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator at(group, error), end; !error && at != end; at.increment(error)) {
    if (at->path().filename() != "cgroup.procs") continue;
    for (const std::string& line : split_lines(read_file_if_any(at->path()).value_or(""))) {
      pid_t pid = 0;  // what another process namespace has in there is shown as 0
      std::from_chars(line.data(), line.data() + line.size(), pid);
      if (pid > 0) ::kill(pid, SIGKILL);
    }
  }
}

/// Whether we may make no groups there, because it is somebody else's.
bool is_others(const std::string& directory) {
  return ::access(directory.c_str(), W_OK) != 0 && (errno == EACCES || errno == EPERM);
}

std::string read_controllers(const std::string& mount_point) {
  return read_file_if_any(mount_point + "/cgroup.controllers").value_or("");
}

}  // namespace

Hierarchies Hierarchies::detect() {
  const std::string mounts = read_file_if_any("/proc/self/mountinfo").value_or("");
  // The launch server is the first process of an enclosure, in which /proc/1/cgroup tells of the machine's.
  const std::string ours = read_file_if_any("/proc/thread-self/cgroup").value_or("");
  return parse(mounts, read_file_if_any("/proc/1/cgroup").value_or(""), &read_controllers)
      .or_delegated(parse(mounts, ours, &read_controllers));
}

Hierarchies Hierarchies::or_delegated(Hierarchies ours) const {
  Hierarchies result;
  for (const Hierarchy& hierarchy : all_) {
    if (!is_others(hierarchy.directory)) result.all_.push_back(hierarchy);
  }
  if (!result.all_.empty()) return result;
  result.delegated_ = true;
  for (Hierarchy& hierarchy : ours.all_) {
    if (is_others(hierarchy.directory)) continue;
    // Not all that the machine has was handed on so far down.
    if (hierarchy.version == 2) hierarchy.controllers = split(trim(read_controllers(hierarchy.directory)), ' ');
    result.all_.push_back(std::move(hierarchy));
  }
  return result;
}

Hierarchies Hierarchies::parse(std::string_view mountinfo, std::string_view groups_of_init,
                               std::string (*controllers_at)(const std::string& mount_point)) {
  Hierarchies result;
  for (const MountedHierarchy& mount : mounted(mountinfo)) {
    const std::optional<std::string> group = group_of(groups_of_init, mount.unified, mount.options);
    if (!group) continue;
    // In a container the mount shows a part of the hierarchy, and PID 1's group begins with that part's name.
    std::string inner = without_init_scope(*group);
    if (mount.root != "/" && inner.starts_with(mount.root)) inner = inner.substr(mount.root.size());
    Hierarchy hierarchy{mount.unified ? 2 : 1, mount.point + inner, mount.options};
    if (mount.unified) hierarchy.controllers = split(trim(controllers_at(mount.point)), ' ');
    result.all_.push_back(std::move(hierarchy));
  }
  return result;
}

const Hierarchy* Hierarchies::find(std::string_view controller) const {
  for (const Hierarchy& hierarchy : all_)
    if (std::find(hierarchy.controllers.begin(), hierarchy.controllers.end(), controller) !=
        hierarchy.controllers.end())
      return &hierarchy;
  return nullptr;
}

const Hierarchy* Hierarchies::delegated_tree() const {
  return delegated_ && all_.size() == 1 && all_.front().version == 2 ? &all_.front() : nullptr;
}

std::vector<std::string> missing_limits(const Hierarchies& hierarchies) {
  std::vector<std::string> missing;
  for (const char* controller : {"memory", "pids"})
    if (hierarchies.find(controller) == nullptr) missing.emplace_back(controller);
  return missing;
}

bool remove_everywhere(const Hierarchies& hierarchies, const std::string& name) {
  bool gone = true;
  for (const Hierarchy& hierarchy : hierarchies.all())
    gone = remove_tree(hierarchy.directory + "/" + name) && gone;
  return gone;
}

bool end_group(const Hierarchies& hierarchies, const std::string& name) {
  if (remove_everywhere(hierarchies, name)) return true;
  for (int attempt = 0; attempt < max_attempts; ++attempt) {
    for (const Hierarchy& hierarchy : hierarchies.all()) kill_below(hierarchy.directory + "/" + name);
    ::usleep(pause_us);
    if (remove_everywhere(hierarchies, name)) return true;
  }
  return false;
}

}  // namespace sharder::cgroups
