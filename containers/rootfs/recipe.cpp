#include "containers/rootfs/recipe.hpp"

#include <unistd.h>

#include "containers/rootfs/nested_recipe.hpp"
#include "containers/rootfs/nesting.hpp"
#include "containers/rootfs/own_namespace.hpp"
#include "containers/rootfs/root_recipe.hpp"
#include "containers/rootfs/user_recipe.hpp"
#include "sharder/support/errors.hpp"

namespace sharder::rootfs {

std::unique_ptr<Recipe> choose_recipe() {
  if (::geteuid() != 0) throw UnfitError("clones need root", "sudo sharder ...");
  if (auto ids = clone_ids_of_own_namespace()) return std::make_unique<UserRecipe>(std::move(*ids));
  switch (find_surroundings()) {
    case Surroundings::machine: break;
    case Surroundings::nesting_clone: return std::make_unique<NestedRecipe>();
    case Surroundings::clone:
      throw UnfitError("this is a clone without nesting", "set nesting = true in [clones] of the outer sharder.toml");
    case Surroundings::nested_clone:
      throw UnfitError("this is a clone in a clone, and the kernel lays no third overlay over two",
                       "run it one level further out");
  }
  return std::make_unique<RootRecipe>();
}

}  // namespace sharder::rootfs
