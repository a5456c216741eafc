// Which way a clone's root is made here: by root on a machine of its own, by root in a clone with nesting, or by
// an ordinary user in a user namespace. Where none can be, that is said before anything is started.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "containers/agent/messages.hpp"
#include "containers/rootfs/clone_root.hpp"

namespace sharder::rootfs {

class Recipe {
 public:
  virtual ~Recipe() = default;
  virtual std::string name() const = 0;
  /// Throws UnfitError, with a hint, where no clone with these settings can ever start. Tries things out,
  /// which takes tens of milliseconds: for when one did not start.
  virtual void explain_failure(const wire::Configure& settings) const = 0;
  /// What is the same for all clones. Notices are for the user: what clones will not have, and why.
  virtual RootPlan plan(const wire::Configure& settings, std::vector<std::string>& notices) const = 0;
};

bool is_directory(const std::string& path);

/// Throws UnfitError where the base's root or the project is none.
void require_directories(const wire::Configure& settings);

/// A run in a cell would lie over two overlays, and the kernel allows no third.
void give_up_cells_for_nesting(RootPlan& plan, std::vector<std::string>& notices);

/// By who and where we are. Throws UnfitError where no clone can be made.
std::unique_ptr<Recipe> choose_recipe();

}  // namespace sharder::rootfs
