#include "sharder/plan/fair_share.hpp"

#include <algorithm>
#include <cstddef>

namespace sharder {

std::vector<int> fair_shares(const std::vector<int>& workers, int slots) {
  std::vector<int> shares(workers.size(), 0);
  for (bool given = true; given && slots > 0;) {
    given = false;
    for (std::size_t run = 0; run < workers.size() && slots > 0; ++run) {
      if (shares[run] == workers[run]) continue;
      ++shares[run];
      --slots;
      given = true;
    }
  }
  return shares;
}

int active_workers(int workers, int share, int slots) {
  const int all = std::min(workers, slots);
  if (share >= all) return workers;
  return std::clamp(workers * share / all, 1, workers);
}

}  // namespace sharder
