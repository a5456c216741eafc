// The recipe of an ordinary user: his clones live in a user namespace of his, on bases that he made there.
#pragma once

#include <string>
#include <vector>

#include "containers/rootfs/recipe.hpp"

namespace sharder::rootfs {

class UserRecipe : public Recipe {
 public:
  explicit UserRecipe(ClonesIds ids) : ids_(std::move(ids)) {}
  std::string name() const override { return "ordinary user"; }
  void explain_failure(const wire::Configure& settings) const override;
  RootPlan plan(const wire::Configure& settings, std::vector<std::string>& notices) const override;

 private:
  ClonesIds ids_;
};

}  // namespace sharder::rootfs
