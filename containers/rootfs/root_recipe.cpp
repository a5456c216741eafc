#include "containers/rootfs/root_recipe.hpp"

#include <algorithm>

#include "containers/rootfs/file_systems.hpp"
#include "containers/rootfs/hidden.hpp"
#include "containers/rootfs/probes.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder::rootfs {
namespace {

void check_shifting(const std::string& what, const std::string& path) {
  const FileSystemProbe probe = probe_file_system(path);
  if (probe.can_be_shifted) return;
  throw UnfitError(what + " " + path + " lies on a file system (" + probe.type +
                       ") that refuses a user namespace's ids: " + probe.why_not,
                   "put it on ext4, xfs or btrfs, or set clones.privileged = true");
}

/// The machine's other file systems, as far as they are not hidden and can be shifted.
std::vector<FileSystem> visible_file_systems(const RootPlan& plan, std::vector<std::string>& notices) {
  std::vector<FileSystem> visible;
  for (const MountPoint& mount : real_file_systems(parse_mountinfo(read_file("/proc/self/mountinfo")))) {
    const bool hidden = std::any_of(plan.hidden.begin(), plan.hidden.end(),
                                    [&](const std::string& path) { return is_within(mount.path, path); });
    if (hidden || !is_directory(mount.path)) continue;
    const FileSystemProbe probe =
        plan.settings.privileged ? FileSystemProbe{mount.type, true, {}} : probe_file_system(mount.path);
    if (probe.can_be_shifted) {
      visible.push_back({mount.path, mount.path});
    } else {
      notices.push_back("clones do not see " + mount.path + ": its file system (" + mount.type +
                        ") refuses a user namespace's ids");
    }
  }
  return visible;
}

}  // namespace

void RootRecipe::explain_failure(const wire::Configure& settings) const {
  // What clones without a user namespace do not need is no reason to refuse them.
  for (const Probe& probe : probe_machine()) {
    const bool for_namespaces =
        probe.name == "user namespaces" || probe.name == "overlay over the shifted root";
    if (probe.ok || !probe.essential || (settings.privileged && for_namespaces)) continue;
    throw UnfitError("clones cannot be started on this machine: " + probe.name + ": " + probe.detail,
                     probe.cure);
  }
  if (settings.privileged) return;
  check_shifting("the base", settings.base_root);
  if (!settings.project.empty()) check_shifting("the project", settings.project);
}

RootPlan RootRecipe::plan(const wire::Configure& settings, std::vector<std::string>& notices) const {
  require_directories(settings);
  RootPlan plan;
  plan.settings = settings;
  plan.means.own_ids = plan.means.device_rules = !settings.privileged;
  plan.base_place = settings.base_root;
  plan.project_place = settings.project;
  plan.hidden = expand_hidden(settings.base_root, settings.hide, settings.home);
  give_up_cells_for_nesting(plan, notices);
  if (settings.base_root == "/") plan.file_systems = visible_file_systems(plan, notices);
  return plan;
}

}  // namespace sharder::rootfs
