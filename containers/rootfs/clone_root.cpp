#include "containers/rootfs/clone_root.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "containers/rootfs/file_systems.hpp"
#include "containers/rootfs/hidden.hpp"
#include "containers/rootfs/layer_image.hpp"
#include "containers/rootfs/mount_calls.hpp"
#include "containers/rootfs/nesting.hpp"
#include "containers/rootfs/storage.hpp"
#include "containers/rootfs/written_files.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder::rootfs {
namespace {

constexpr unsigned world_writable = 01777;

std::string number(std::size_t index) {
  return std::to_string(index);
}

std::string cell_directory(std::uint64_t id) {
  return "store/c/" + std::to_string(id);
}

/// The target that `path` lies in, as an index into `overlays`: the deepest one.
std::size_t deepest_overlay(const std::vector<Overlay>& overlays, const std::string& path) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < overlays.size(); ++i)
    if (path != overlays[i].target && is_within(path, overlays[i].target) &&
        overlays[i].target.size() > overlays[best].target.size())
      best = i;
  return best;
}

std::string part_path(const Overlay& overlay) {
  return std::string(nesting_directory) + "/" + part_name(overlay.target);
}

std::string relative_to(const std::string& path, const std::string& target) {
  return target == "/" ? path : path.substr(target.size());
}

}  // namespace

CloneRoot::CloneRoot(const RootPlan& plan, const wire::MakeClone& make, std::string directory, ClonesIds ids)
    : plan_(plan), make_(make), directory_(std::move(directory)), ids_(std::move(ids)) {
  choose_overlays();
}

void CloneRoot::choose_overlays() {
  const wire::Configure& settings = plan_.settings;
  overlays_.push_back({"/", plan_.base_place, false});
  for (const FileSystem& other : plan_.file_systems) overlays_.push_back({other.target, other.place, false});
  if (!settings.project.empty()) {
    std::erase_if(overlays_, [&](const Overlay& overlay) { return overlay.target == settings.project; });
    overlays_.push_back({settings.project, plan_.project_place, true});
  }
  for (const wire::MountOrder& mount : settings.mounts)
    if (mount.mode == wire::MountOrder::Mode::copy_on_write)
      overlays_.push_back({mount.target, mount.source, false});
  // Parents before what is mounted in them.
  std::sort(overlays_.begin(), overlays_.end(),
            [](const Overlay& a, const Overlay& b) { return a.target < b.target; });
}

void CloneRoot::build(const UniqueFd& user_namespace) {
  mount_storage();
  make_directory("root");
  mount_overlay(0, user_namespace);
  mount_agent();
  attach_scratch("tmp", "/tmp");
  attach_scratch("run", "/run");
  for (std::size_t i = 1; i < overlays_.size(); ++i) mount_overlay(i, user_namespace);
  for (const wire::MountOrder& mount : plan_.settings.mounts)
    if (mount.mode != wire::MountOrder::Mode::copy_on_write) mount_extra(mount, user_namespace);
  if (plan_.settings.nesting) offer_parts();
}

/// See nesting.hpp.
void CloneRoot::offer_parts() {
  for (std::size_t i = 0; i < overlays_.size(); ++i)
    attach_within(copy_mount("store/o" + number(i)), "root", part_path(overlays_[i]));
}

void CloneRoot::mount_storage() {
  rootfs::mount_storage(plan_.settings, make_.name, "store");
  make_directory("store/c");
  make_scratch("store", "tmp", world_writable);
  make_scratch("store", "shm", world_writable);
  make_scratch("store", "run", 0755);
}

/// A directory that is the clone's root's. Mount points that lie in /tmp or /run are made in it.
std::string CloneRoot::make_scratch(const std::string& directory, const std::string& name, unsigned mode) {
  const std::string path = directory + "/" + name;
  make_directory(path);
  const auto own = [&](const std::string& made, unsigned bits) {
    if (::chown(made.c_str(), ids_.users.outside(0).value_or(0), ids_.groups.outside(0).value_or(0)) != 0 ||
        ::chmod(made.c_str(), bits) != 0)
      throw SystemError("set the owner of " + made, errno);
  };
  own(path, mode);
  if (name == "run") {
    for (const auto& [child, bits] : {std::pair{"/lock", world_writable}, std::pair{"/sharder", 0755u}}) {
      make_directory(path + child);
      own(path + child, bits);
    }
  }
  for (const MountTarget& target : mount_targets()) {
    if (!is_within(target.path, "/" + name)) continue;
    const std::string below = target.path.substr(name.size() + 1);
    for (std::size_t slash = below.find('/', 1); slash != std::string::npos;
         slash = below.find('/', slash + 1)) {
      make_directory(path + below.substr(0, slash));
      own(path + below.substr(0, slash), 0755);
    }
    if (target.directory) make_directory(path + below);
    else write_file(path + below, "");
  }
  return path;
}

std::vector<CloneRoot::MountTarget> CloneRoot::mount_targets() const {
  std::vector<MountTarget> targets;
  for (const Overlay& overlay : overlays_) targets.push_back({overlay.target, true});
  for (const wire::MountOrder& mount : plan_.settings.mounts)
    if (mount.mode != wire::MountOrder::Mode::copy_on_write)
      targets.push_back({mount.target, std::filesystem::is_directory(mount.source)});
  return targets;
}

void CloneRoot::attach_scratch(const std::string& name, const std::string& target) {
  attach_within(copy_mount("store/" + name), "root", target);
}

void CloneRoot::copy_attributes(const std::string& from, const std::string& to) {
  struct stat status {};
  if (::stat(from.c_str(), &status) != 0 || !give_to(to, status.st_uid, status.st_gid, ids_) ||
      ::chmod(to.c_str(), status.st_mode & 07777) != 0)
    throw SystemError("copy the attributes of " + from, errno);
}

void CloneRoot::build_hide_layer(std::size_t index, const std::string& base) {
  const wire::Configure& settings = plan_.settings;
  const Overlay& overlay = overlays_[index];
  make_directory("store/h" + number(index));
  HideLayer layer("store/h" + number(index), base, ids_, plan_.means.marks);
  const auto here = [&](const std::string& path) { return deepest_overlay(overlays_, path) == index; };
  for (const std::string& path : plan_.hidden)
    if (here(path)) layer.hide(relative_to(path, overlay.target));
  if (overlay.target == settings.project)
    for (const std::string& name : settings.project_hidden) layer.remove("/" + name);
  if (index == 0) {
    layer.empty("/tmp", world_writable);
    layer.empty("/run", 0755);
    layer.empty("/.cell", 0700);
    layer.add_file({"/.agent", "", 0111});
    for (const char* path : {"/dev", "/proc", "/sys"}) layer.empty(path, 0755);
    hide_nesting(layer);
  }
  for (const wire::File& file : settings.extra_files)
    if (here(file.path)) layer.add_file({relative_to(file.path, overlay.target), file.content, file.mode});
  for (const Overlay& other : overlays_)
    if (other.target != "/" && here(other.target) && !is_within(other.target, "/tmp") &&
        !is_within(other.target, "/run"))
      layer.make_mount_point(relative_to(other.target, overlay.target));
  for (const wire::MountOrder& mount : settings.mounts)
    if (here(mount.target)) layer.reveal_way_to(relative_to(mount.target, overlay.target));
}

/// Its directory is there, and empty, in clones that are nested themselves.
void CloneRoot::hide_nesting(HideLayer& layer) const {
  if (!plan_.settings.nesting && !plan_.means.in_clone) return;
  layer.empty(nesting_directory, plan_.settings.nesting ? 0700 : 0755);
  if (plan_.settings.nesting)
    for (const Overlay& overlay : overlays_) layer.reveal_way_to(part_path(overlay));
}

void CloneRoot::mount_overlay(std::size_t index, const UniqueFd& user_namespace) {
  const Overlay& overlay = overlays_[index];
  const std::string suffix = number(index), lower = "store/l" + suffix, upper = "store/u" + suffix,
                    work = "store/w" + suffix, merged = "store/o" + suffix;
  for (const std::string& directory : {lower, upper, work, merged}) make_directory(directory);
  const UniqueFd base = copy_mount(overlay.lower);
  const UniqueFd exchanged = namespace_for(overlay);
  if (exchanged) {
    idmap(base, exchanged, overlay.lower);
  } else if (user_namespace) {
    idmap(base, user_namespace, overlay.lower);
  }
  attach(base, lower);
  copy_attributes(lower, upper);
  build_hide_layer(index, lower);
  copy_attributes(lower, "store/h" + suffix);

  std::vector<std::string> lowers = attach_layers(index, user_namespace);
  lowers.insert(lowers.begin(), "store/h" + suffix);
  lowers.push_back(lower);
  lowers_.push_back(lowers);
  // Neither over an overlay nor with users' marks is there an index, and trying fills the kernel's log.
  const bool indexed = plan_.means.marks == Marks::trusted;
  attach(make_overlay({std::move(lowers), upper, work, indexed, plan_.means.marks}), merged);
  const UniqueFd copy = copy_mount(merged);
  if (index == 0) {
    attach(copy, "root");
  } else {
    attach_within(copy, "root", overlay.target);
  }
}

/// Where the project is not the tests' user's: a map by which the two stand for each other, so that tests can
/// write it and git does not call its ownership dubious. Nothing for the ordinary map.
UniqueFd CloneRoot::namespace_for(const Overlay& overlay) const {
  struct stat status {};
  const bool shiftable = !plan_.unshifted_ids && !plan_.means.in_clone;
  if (!overlay.exchanged || !shiftable || ::stat(overlay.lower.c_str(), &status) != 0) return {};
  const wire::Person& user = plan_.settings.user;
  if (status.st_uid == user.uid && status.st_gid == user.gid) return {};
  ClonesIds ids = ids_;
  ids.users.include(status.st_uid);
  ids.groups.include(status.st_gid);
  ids.users = ids.users.exchanged(status.st_uid, user.uid);
  ids.groups = ids.groups.exchanged(status.st_gid, user.gid);
  return make_user_namespace(ids, ids_.users.base());
}

/// The setup layers' parts for this overlay, topmost first.
std::vector<std::string> CloneRoot::attach_layers(std::size_t index, const UniqueFd& user_namespace) {
  std::vector<std::string> attached;
  for (std::size_t i = 0; i < make_.layers.size(); ++i) {
    const std::string part = make_.layers[i] + "/" + layer_directory(overlays_[index].target);
    if (::access(part.c_str(), F_OK) != 0) continue;
    const std::string place = "store/y" + number(i) + "x" + number(index);
    make_directory(place);
    const UniqueFd layer = copy_mount(part);
    if (user_namespace) idmap(layer, user_namespace, "a setup layer");
    attach(layer, place);
    attached.push_back(place);
  }
  return attached;
}

void CloneRoot::pack_layer(const std::string& image) const {
  std::vector<WrittenTree> trees;
  for (std::size_t i = 0; i < overlays_.size(); ++i)
    trees.push_back({overlays_[i].target, "store/u" + number(i)});
  make_directory("store/pack");
  if (plan_.means.layer_images) {
    pack_layer_image(trees, ids_, "store/pack", image);
  } else {
    pack_layer_archive(trees, "store/pack", image);
  }
}

void CloneRoot::mount_agent() {
  const UniqueFd agent = copy_mount(plan_.settings.agent_program);
  make_read_only(agent, plan_.settings.agent_program);
  attach_within(agent, "root", "/.agent");
}

void CloneRoot::mount_extra(const wire::MountOrder& mount, const UniqueFd& user_namespace) {
  const UniqueFd source = copy_mount(mount.source, false);
  if (user_namespace) idmap(source, user_namespace, mount.source);
  if (mount.mode == wire::MountOrder::Mode::read_only) make_read_only(source, mount.source);
  attach_within(source, "root", mount.target);
  plain_mounts_.push_back(mount.target);
}

/// The clone's overlay. In a clone's clone that would make three, one more than the kernel allows, so a cell lies over
/// what the overlay is made of; the kernel's log then warns of an upper in use, which is the clone's.
std::vector<std::string> CloneRoot::below_cell(std::size_t index) const {
  if (!plan_.means.in_clone) return {"store/o" + number(index)};
  std::vector<std::string> lowers = lowers_[index];
  lowers.insert(lowers.begin(), "store/u" + number(index));
  return lowers;
}

std::vector<CellPiece> CloneRoot::make_cell(std::uint64_t id, bool share_run) {
  const std::string directory = cell_directory(id);
  mount_cell_storage(plan_.settings, directory);
  std::vector<CellPiece> pieces;
  for (std::size_t i = 0; i < overlays_.size(); ++i) {
    const std::string merged = "store/o" + number(i), upper = directory + "/u" + number(i),
                      work = directory + "/w" + number(i);
    make_directory(upper);
    make_directory(work);
    copy_attributes(merged, upper);
    pieces.push_back({overlays_[i].target, make_overlay({below_cell(i), upper, work, false, plan_.means.marks})});
  }
  for (const std::string& target : plain_mounts_) pieces.push_back({target, copy_mount("root" + target)});
  pieces.push_back({"/tmp", copy_mount(make_scratch(directory, "tmp", world_writable))});
  pieces.push_back({"/dev/shm", copy_mount(make_scratch(directory, "shm", world_writable))});
  const std::string run = make_scratch(directory, "run", 0755);
  pieces.push_back(share_run ? CellPiece{"/run/sharder", copy_mount(run + "/sharder")}
                             : CellPiece{"/run", copy_mount(run)});
  std::sort(pieces.begin(), pieces.end(),
            [](const CellPiece& a, const CellPiece& b) { return a.target < b.target; });
  return pieces;
}

std::string CloneRoot::cell_storage(std::uint64_t id) const {
  return cell_directory(id);
}

std::vector<std::string> CloneRoot::written(std::uint64_t id) const {
  WrittenFiles files;
  for (std::size_t i = 0; i < overlays_.size(); ++i)
    files.look_at(cell_directory(id) + "/u" + number(i), overlays_[i].target);
  return files.take();
}

}  // namespace sharder::rootfs
