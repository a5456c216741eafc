#include "containers/rootfs/user_recipe.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "containers/rootfs/hidden.hpp"
#include "sharder/support/errors.hpp"

namespace sharder::rootfs {
namespace {

void check_base(const wire::Configure& settings, const ClonesIds& ids) {
  if (settings.base_root == "/")
    throw UnfitError("a clone of this machine takes root, and this is an ordinary user", "sharder base create NAME");
  require_directories(settings);
  struct stat status {};
  ::stat(settings.base_root.c_str(), &status);
  if (status.st_uid != ids.users.outside(0) || status.st_gid != ids.groups.outside(0))
    throw UnfitError("the base in " + settings.base_root +
                         " was made with other ids than /etc/subuid and /etc/subgid give now",
                     "sudo rm -r " + std::filesystem::path(settings.base_root).parent_path().string() +
                         ", and make it anew with sharder base create");
}

}  // namespace

void UserRecipe::explain_failure(const wire::Configure& settings) const {
  check_base(settings, ids_);
}

RootPlan UserRecipe::plan(const wire::Configure& settings, std::vector<std::string>& notices) const {
  check_base(settings, ids_);
  RootPlan plan;
  plan.settings = settings;
  plan.unshifted_ids = ids_;
  plan.means.layer_images = plan.means.device_rules = false;
  plan.means.marks = Marks::user;
  give_up_cells_for_nesting(plan, notices);
  plan.base_place = settings.base_root;
  plan.project_place = settings.project;
  plan.hidden = expand_hidden(settings.base_root, settings.hide, settings.home);
  if (!settings.project.empty()) {
    struct stat status {};
    ::stat(settings.project.c_str(), &status);
    if (settings.user.uid != 0 && status.st_uid != ids_.users.outside(settings.user.uid))
      notices.push_back("the project " + settings.project + " does not belong to the tests' user, who may not "
                        "be able to write to it");
  }
  return plan;
}

}  // namespace sharder::rootfs
