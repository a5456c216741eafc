// The recipe of root on a machine of its own: everything that clones can have.
#pragma once

#include <string>
#include <vector>

#include "containers/rootfs/recipe.hpp"

namespace sharder::rootfs {

class RootRecipe : public Recipe {
 public:
  std::string name() const override { return "root"; }
  void explain_failure(const wire::Configure& settings) const override;
  RootPlan plan(const wire::Configure& settings, std::vector<std::string>& notices) const override;
};

}  // namespace sharder::rootfs
