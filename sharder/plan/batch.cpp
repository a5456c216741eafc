#include "sharder/plan/batch.hpp"

#include <algorithm>

namespace sharder {
namespace {

constexpr double share_of_rest = 0.7;
constexpr double first_share = 0.25;

}  // namespace

Seconds batch_target(const BatchConditions& conditions) {
  const Seconds share = conditions.remaining / std::max(conditions.workers, 1);
  if (!conditions.estimated) return first_share * share;
  return std::max(2 * conditions.startup, share_of_rest * share);
}

}  // namespace sharder
