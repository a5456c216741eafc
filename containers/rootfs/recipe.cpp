#include "containers/rootfs/recipe.hpp"

#include <unistd.h>

#include "containers/rootfs/root_recipe.hpp"
#include "sharder/support/errors.hpp"

namespace sharder::rootfs {

std::unique_ptr<Recipe> choose_recipe() {
  if (::geteuid() != 0) throw UnfitError("clones need root", "sudo sharder ...");
  return std::make_unique<RootRecipe>();
}

}  // namespace sharder::rootfs
