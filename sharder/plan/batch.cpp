#include "sharder/plan/batch.hpp"

#include <algorithm>
#include <cmath>

namespace sharder {
namespace {

// A command line has room for about a thousand ids of ordinary length (128 KiB a word).
constexpr std::size_t largest_batch = 1000;
constexpr double share_of_rest = 0.7;
constexpr std::size_t first_divisor = 4;

}  // namespace

std::size_t batch_size(const BatchConditions& conditions) {
  const auto workers = static_cast<std::size_t>(std::max(conditions.workers, 1));
  const std::size_t bound = std::clamp<std::size_t>(conditions.remaining, 1, largest_batch);
  if (conditions.mean.count() <= 0) {
    const std::size_t share = conditions.remaining / (workers * first_divisor);
    return std::clamp<std::size_t>(share, 1, bound);
  }
  const double rest = conditions.mean.count() * static_cast<double>(conditions.remaining);
  const double target = std::max(2 * conditions.startup.count(), share_of_rest * rest / static_cast<double>(workers));
  const double count = std::floor(target / conditions.mean.count());
  return count >= static_cast<double>(bound) ? bound : std::max<std::size_t>(static_cast<std::size_t>(count), 1);
}

}  // namespace sharder
