#include "sharder/plan/reservation.hpp"

#include <algorithm>

namespace sharder {

Reservation::Reservation(std::vector<Occupation> running, int free_cores, int cores, Seconds now)
    : now_(now), start_(now), spare_cores_(free_cores - cores) {
  std::sort(running.begin(), running.end(),
            [](const Occupation& left, const Occupation& right) { return left.end < right.end; });
  for (const Occupation& occupation : running) {
    if (spare_cores_ >= 0) break;
    spare_cores_ += occupation.cores;
    start_ = std::max(now, occupation.end);
  }
}

}  // namespace sharder
