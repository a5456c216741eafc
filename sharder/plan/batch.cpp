#include "sharder/plan/batch.hpp"

#include <algorithm>

namespace sharder {
namespace {

// The first cuts losses by wrong estimates where many small batches are cheap; the second saves starts.
constexpr double share_of_rest = 0.7, share_with_slow_start = 0.9;
constexpr Seconds slow_start{0.1};
// What would be left for another batch, in starts, that is better taken along: more saves starts where estimates are
// good, and loses the balance where they are not.
constexpr double not_worth_a_start = 2;
constexpr double first_share = 0.25;

}  // namespace

Seconds batch_target(const BatchConditions& conditions) {
  const Seconds share = conditions.remaining / std::max(conditions.workers, 1);
  if (!conditions.estimated) return first_share * share;
  const double part = conditions.startup < slow_start ? share_of_rest : share_with_slow_start;
  if ((1 - part) * share < not_worth_a_start * conditions.startup) return std::max(2 * conditions.startup, share);
  return std::max(2 * conditions.startup, part * share);
}

}  // namespace sharder
