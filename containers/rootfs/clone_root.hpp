// A clone's root, put together from overlays in the mount namespace of its keeper, and the fresh roots of its
// cells. The process's working directory is the clone's directory: all paths handed to the kernel are short
// and ours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "containers/agent/messages.hpp"
#include "containers/rootfs/id_map.hpp"
#include "containers/rootfs/mount_calls.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder::rootfs {

/// What clones can have here. Everything, for root on a machine of its own.
struct Means {
  bool own_ids = true;       // a user namespace and a range of ids for every clone
  bool cells = true;         // fresh roots in a clone
  bool layer_images = true;  // else setup layers are archives
  bool device_rules = true;  // control groups that say which devices may be opened
  bool in_clone = false;     // made in a clone: as deep as it goes
  Marks marks = Marks::trusted;
};

/// A file system that clones see too.
struct FileSystem {
  std::string target;  // its mount point
  std::string place;   // where it lies for whoever makes clones of it
};

/// What is the same for all clones of a run; found out once by the server.
struct RootPlan {
  wire::Configure settings;
  Means means;
  std::string base_place, project_place;  // where the base's root and the project lie for us
  std::vector<std::string> hidden;        // expanded
  std::vector<FileSystem> file_systems;   // of the machine, beside the base's
  /// An ordinary user's clones all have these; files lie there with them already, so that nothing is shifted.
  std::optional<ClonesIds> unshifted_ids;
};

/// One overlay of a clone.
struct Overlay {
  std::string target;      // absolute, in the clone
  std::string lower;       // directory on the machine
  bool exchanged = false;  // the project's owner and the tests' user stand for each other
};

/// A mount for a cell, detached.
struct CellPiece {
  std::string target;
  UniqueFd mount;
};

class HideLayer;

class CloneRoot {
 public:
  /// Names nothing yet. `directory` is absolute, made, and the working directory.
  CloneRoot(const RootPlan& plan, const wire::MakeClone& make, std::string directory, ClonesIds ids);

  /// Mounts everything below `directory`. Throws SystemError or ContainerError.
  void build(const UniqueFd& user_namespace);
  /// What liblxc gets as the container's root.
  std::string path() const { return directory_ + "/root"; }
  /// A directory for the clone's /dev/shm, on its storage.
  std::string shared_memory() const { return directory_ + "/store/shm"; }
  const ClonesIds& ids() const { return ids_; }

  /// Packs everything written in the clone so far into an image; see layer_image.hpp.
  void pack_layer(const std::string& image) const;

  /// A fresh root over the clone's for execution `id`, "/" first.
  std::vector<CellPiece> make_cell(std::uint64_t id, bool share_run);
  /// What the cell wrote, as paths of the clone; bounded.
  std::vector<std::string> written(std::uint64_t id) const;
  /// Directory of the cell's storage, to be unmounted by whoever has the time.
  std::string cell_storage(std::uint64_t id) const;

 private:
  void choose_overlays();
  void mount_storage();
  void mount_overlay(std::size_t index, const UniqueFd& user_namespace);
  UniqueFd namespace_for(const Overlay& overlay) const;
  std::vector<std::string> attach_layers(std::size_t index, const UniqueFd& user_namespace);
  std::vector<std::string> below_cell(std::size_t index) const;
  void hide_nesting(HideLayer& layer) const;
  void build_hide_layer(std::size_t index, const std::string& base);
  void mount_agent();
  void mount_extra(const wire::MountOrder& mount, const UniqueFd& user_namespace);
  void offer_parts();
  void attach_scratch(const std::string& name, const std::string& target);
  struct MountTarget {
    std::string path;  // as the clone sees it
    bool directory = true;
  };
  /// Everything that is mounted into the root, the root included.
  std::vector<MountTarget> mount_targets() const;
  std::string make_scratch(const std::string& directory, const std::string& name, unsigned mode);
  void copy_attributes(const std::string& from, const std::string& to);

  const RootPlan& plan_;
  const wire::MakeClone& make_;
  std::string directory_;
  ClonesIds ids_;
  std::vector<Overlay> overlays_;
  std::vector<std::vector<std::string>> lowers_;  // of each overlay, topmost first
  std::vector<std::string> plain_mounts_;  // targets of ro and rw mounts
};

}  // namespace sharder::rootfs
