#include "containers/rootfs/user_recipe.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "containers/rootfs/hidden.hpp"
#include "sharder/support/errors.hpp"

namespace sharder::rootfs {
namespace {

constexpr const char* own_base = "sharder base create NAME, and base = \"NAME\"; or call it through sudo";

void refuse_what_takes_root(const wire::Configure& settings) {
  const auto refuse = [](const std::string& what, const std::string& instead) {
    throw UnfitError(what + " takes root, and this is an ordinary user", instead);
  };
  if (settings.base_root == "/") refuse("a clone of this machine", own_base);
  if (settings.privileged) refuse("privileged = true", "without it tests have root in their clones too");
  if (settings.bridge) refuse("network = \"bridge\"", "network = \"none\": loopback, in every clone of its own");
  if (settings.storage_on_disk) refuse("storage = \"disk\"", "storage = \"tmpfs\"");
}

void check_base(const wire::Configure& settings, const ClonesIds& ids) {
  struct stat status {};
  if (::stat(settings.base_root.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
    throw UnfitError("the base's root " + settings.base_root + " is no directory");
  if (status.st_uid != ids.users.outside(0) || status.st_gid != ids.groups.outside(0))
    throw UnfitError("the base in " + settings.base_root + " was made with other ids than /etc/subuid and "
                     "/etc/subgid give now", "sharder base refresh NAME");
}

}  // namespace

void UserRecipe::explain_failure(const wire::Configure& settings) const {
  refuse_what_takes_root(settings);
  check_base(settings, ids_);
}

RootPlan UserRecipe::plan(const wire::Configure& settings, std::vector<std::string>& notices) const {
  refuse_what_takes_root(settings);
  check_base(settings, ids_);
  RootPlan plan;
  plan.settings = settings;
  plan.unshifted_ids = ids_;
  plan.means.layer_images = plan.means.device_rules = false;
  plan.means.marks = Marks::user;
  plan.base_place = settings.base_root;
  plan.project_place = settings.project;
  plan.hidden = expand_hidden(settings.base_root, settings.hide, settings.home);
  if (!settings.project.empty()) {
    struct stat status {};
    if (::stat(settings.project.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
      throw UnfitError("the project " + settings.project + " is no directory");
    if (status.st_uid != ids_.users.outside(settings.user.uid))
      notices.push_back("the project " + settings.project + " does not belong to the tests' user, who may not "
                        "be able to write to it");
  }
  // A clone's group of that number is not the machine's, and most have no number there.
  std::erase_if(plan.settings.user.groups, [&](std::uint32_t group) { return !ids_.groups.outside(group); });
  return plan;
}

}  // namespace sharder::rootfs
