// What clones must not see of their base: globs expanded once per run, and the layer of opaque directories
// and whiteouts that lies in front of a base and hides it. Nothing is mounted, so nothing can be unmounted.
#pragma once

#include <string>
#include <vector>

#include "containers/agent/messages.hpp"
#include "containers/rootfs/id_map.hpp"
#include "containers/rootfs/mount_calls.hpp"

namespace sharder::rootfs {

/// Expands `globs` on the base. The tests' home is spared, but not the names in it that hold secrets; the
/// project is no concern of this list, since it is mounted over whatever is hidden.
std::vector<std::string> expand_hidden(const std::string& base_root, const std::vector<std::string>& globs,
                                       const std::string& home);

/// Builds one layer. `base` is the directory that it will lie in front of (ids as the clone's on the
/// machine), paths are absolute within it.
class HideLayer {
 public:
  HideLayer(std::string directory, std::string base, const ClonesIds& ids, Marks marks = Marks::trusted);
  /// An opaque, empty directory or, for files, a whiteout.
  void hide(const std::string& path);
  /// A whiteout: as if it had never been.
  void remove(const std::string& path);
  /// An empty directory that is always there, with this mode.
  void empty(const std::string& path, unsigned mode);
  /// Like reveal_way_to(), with nothing in it: a cell's root can take a mount away and look beneath.
  void make_mount_point(const std::string& path);
  /// Makes the directories down to `path` exist and be searchable for everybody.
  void reveal_way_to(const std::string& path);
  void add_file(const wire::File& file);

 private:
  /// Makes the parents as they are in the base; in opaque directories, 0711 and the clone's root's.
  void make_parents(const std::string& path);
  void make_opaque(const std::string& path, unsigned mode);
  bool in_opaque(const std::string& path) const;
  void own(const std::string& file);

  std::string directory_, base_;
  const ClonesIds& ids_;
  Marks marks_;
  std::vector<std::string> opaque_;
};

}  // namespace sharder::rootfs
