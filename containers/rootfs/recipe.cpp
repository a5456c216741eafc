#include "containers/rootfs/recipe.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "containers/rootfs/nested_recipe.hpp"
#include "containers/rootfs/nesting.hpp"
#include "containers/rootfs/own_namespace.hpp"
#include "containers/rootfs/root_recipe.hpp"
#include "containers/rootfs/user_recipe.hpp"
#include "sharder/support/errors.hpp"

namespace sharder::rootfs {

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

void require_directories(const wire::Configure& settings) {
  if (!is_directory(settings.base_root)) throw UnfitError("the base's root " + settings.base_root + " is no directory");
  if (!settings.project.empty() && !is_directory(settings.project))
    throw UnfitError("the project " + settings.project + " is no directory");
}

void give_up_cells_for_nesting(RootPlan& plan, std::vector<std::string>& notices) {
  if (!plan.settings.nesting) return;
  plan.means.cells = false;
  notices.push_back("nesting = true: tests run without cells, as with fresh = \"worker\" or \"clone\"");
}

std::unique_ptr<Recipe> choose_recipe() {
  const Surroundings here = find_surroundings();
  if (const std::optional<Refusal> refusal = refusal_of(here, ::geteuid()))
    throw UnfitError(refusal->why, refusal->cure);
  if (::geteuid() != 0) throw UnfitError("clones need root", "sudo sharder ...");
  if (auto ids = clone_ids_of_own_namespace()) return std::make_unique<UserRecipe>(std::move(*ids));
  if (here == Surroundings::nesting_clone) return std::make_unique<NestedRecipe>();
  return std::make_unique<RootRecipe>();
}

}  // namespace sharder::rootfs
