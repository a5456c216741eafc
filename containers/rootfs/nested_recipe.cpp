#include "containers/rootfs/nested_recipe.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "containers/rootfs/file_systems.hpp"
#include "containers/rootfs/hidden.hpp"
#include "containers/rootfs/nesting.hpp"
#include "containers/rootfs/probes.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder::rootfs {
namespace {

/// What a machine of one's own gives and a clone does not.
void give_up_what_cannot_be(RootPlan& plan, std::vector<std::string>& notices) {
  plan.means = {.own_ids = false,
                .cells = true,
                .layer_images = false,
                .device_rules = false,
                .in_clone = true,
                .marks = Marks::user};
  notices.push_back("nested in a clone: clones share its user ids, so their root is this clone's root");
  if (plan.settings.storage_on_disk)
    notices.push_back("nested in a clone: storage = \"disk\" needs loop devices, so clones write to memory");
  plan.settings.storage_on_disk = false;
  if (plan.settings.privileged)
    notices.push_back("nested in a clone: privileged = true gives nothing that this clone does not have");
  plan.settings.privileged = false;
}

void tell_of_a_foreign_project(const RootPlan& plan, std::vector<std::string>& notices) {
  struct stat status {};
  const wire::Person& user = plan.settings.user;
  if (plan.settings.project.empty() || ::stat(plan.project_place.c_str(), &status) != 0) return;
  if (status.st_uid == user.uid) return;
  notices.push_back("nested in a clone: the project stays user id " + std::to_string(status.st_uid) +
                    "'s; tests run as " + std::to_string(user.uid) + " and write what its modes allow");
}

/// The other overlays of the clone that we are in, and what real file systems are mounted in it.
std::vector<FileSystem> other_file_systems(const RootPlan& plan, const std::vector<Part>& parts,
                                           const std::vector<MountPoint>& mounts) {
  std::vector<FileSystem> others;
  for (const Part& part : parts)
    if (part.target != "/") others.push_back({part.target, part.place});
  for (const MountPoint& mount : real_file_systems(mounts)) others.push_back({mount.path, mount.path});
  std::erase_if(others, [&](const FileSystem& other) {
    const bool hidden = std::any_of(plan.hidden.begin(), plan.hidden.end(),
                                    [&](const std::string& path) { return is_within(other.target, path); });
    return hidden || !is_directory(other.place);
  });
  return others;
}

}  // namespace

void NestedRecipe::explain_failure(const wire::Configure&) const {
  for (const Probe& probe : probe_machine())
    if (!probe.ok && probe.essential)
      throw UnfitError("clones cannot be started in this clone: " + probe.name + ": " + probe.detail, probe.cure);
}

RootPlan NestedRecipe::plan(const wire::Configure& settings, std::vector<std::string>& notices) const {
  if (settings.nesting)
    throw UnfitError("nesting = true in a clone: what would run in its clones would need a third overlay over two",
                     "set nesting = false here: this run's own clones need none");
  require_directories(settings);
  RootPlan plan;
  plan.settings = settings;
  give_up_what_cannot_be(plan, notices);
  const std::vector<MountPoint> mounts = parse_mountinfo(read_file("/proc/self/mountinfo"));
  const std::vector<Part> parts = offered_parts();
  plan.base_place = place_of(settings.base_root, parts, mounts);
  plan.project_place = place_of(settings.project, parts, mounts);
  tell_of_a_foreign_project(plan, notices);
  for (wire::MountOrder& mount : plan.settings.mounts) mount.source = place_of(mount.source, parts, mounts);
  plan.hidden = expand_hidden(settings.base_root, settings.hide, settings.home);
  if (settings.base_root == "/") plan.file_systems = other_file_systems(plan, parts, mounts);
  return plan;
}

}  // namespace sharder::rootfs
