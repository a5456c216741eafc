#include "sharder/config/overrides.hpp"

namespace sharder {

Overrides::Overrides(const std::vector<OverrideConfig>& overrides) {
  for (const OverrideConfig& each : overrides) overrides_.emplace_back(Pattern(each.match), each);
}

void Overrides::apply(Test& test) const {
  for (const auto& [pattern, override] : overrides_) {
    if (pattern.matches(test) == pattern.excludes()) continue;
    if (override.timeout) test.timeout = override.timeout;
    if (override.exclusive) test.exclusive = *override.exclusive;
    if (override.locks) test.locks = *override.locks;
    if (override.cores) test.cores = *override.cores;
    if (override.group) test.group = *override.group;
  }
}

void apply_overrides(const std::vector<OverrideConfig>& overrides, Test& test) {
  Overrides(overrides).apply(test);
}

}  // namespace sharder
