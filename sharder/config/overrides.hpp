// What [[override]] does to a test. Pure.
#pragma once

#include <vector>

#include "sharder/config/config.hpp"
#include "sharder/config/pattern.hpp"
#include "sharder/model/test.hpp"

namespace sharder {

/// Overrides made ready for many tests: expressions are compiled once.
class Overrides {
 public:
  /// Throws UsageError for a `match` that is no pattern; load() has refused these already.
  explicit Overrides(const std::vector<OverrideConfig>& overrides);
  /// Every override that matches, in the order of the file: later ones win, key by key.
  void apply(Test& test) const;

 private:
  std::vector<std::pair<Pattern, OverrideConfig>> overrides_;
};

/// The same for a single test.
void apply_overrides(const std::vector<OverrideConfig>& overrides, Test& test);

}  // namespace sharder
