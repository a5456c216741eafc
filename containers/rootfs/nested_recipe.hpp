// The recipe of root in a clone with nesting: clones that share the ids of the clone that they are made in, and lie
// over its overlays.
#pragma once

#include <string>
#include <vector>

#include "containers/rootfs/recipe.hpp"

namespace sharder::rootfs {

class NestedRecipe : public Recipe {
 public:
  std::string name() const override { return "nested in a clone"; }
  void explain_failure(const wire::Configure& settings) const override;
  RootPlan plan(const wire::Configure& settings, std::vector<std::string>& notices) const override;
};

}  // namespace sharder::rootfs
