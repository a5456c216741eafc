#include "sharder/host/calibration.hpp"

#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace sharder {
namespace {

/// What measure_core() gave on the CI machine of hardware-profiles/ on 2026-11-22, over 30 runs beside other
/// load: the arithmetic within 2 %, the loads between 6.7 and 8.6 million.
constexpr CoreScore reference{.mixes_per_second = 2.21e8, .visits_per_second = 8.0e6};

constexpr int repetitions = 4;
constexpr std::uint64_t mixes = 10'000'000;
constexpr std::uint64_t visits = 300'000;

/// Larger than a core's own caches, smaller than most shared ones.
constexpr std::size_t table_bytes = std::size_t{4} << 20;

/// Processor time of this thread, so that a busy machine does not look like a slow one.
double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::uint64_t mix(std::uint64_t state) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state * 0x9e3779b97f4a7c15;
}

/// One cycle through all cells in random order (Sattolo), so that no prefetcher guesses the next.
std::vector<std::uint32_t> shuffled_cycle() {
  std::vector<std::uint32_t> next(table_bytes / sizeof(std::uint32_t));
  std::iota(next.begin(), next.end(), 0U);
  std::uint64_t state = 88172645463325252;
  for (std::size_t i = next.size() - 1; i > 0; --i) {
    state = mix(state | 1);
    std::swap(next[i], next[state % i]);
  }
  return next;
}

/// The best of several: whatever disturbs only makes it slower. The result of `work` must be used, or the
/// compiler leaves the work away.
template <typename Work>
double best_rate(std::uint64_t count, Work work) {
  double best = 0;
  for (int i = 0; i < repetitions; ++i) {
    const double start = processor_seconds();
    const volatile std::uint64_t result = work(count);
    static_cast<void>(result);
    best = std::max(best, static_cast<double>(count) / std::max(processor_seconds() - start, 1e-9));
  }
  return best;
}

}  // namespace

CoreScore measure_core() {
  const std::vector<std::uint32_t> next = shuffled_cycle();
  CoreScore score;
  score.mixes_per_second = best_rate(mixes, [](std::uint64_t count) {
    std::uint64_t state = 1;
    for (std::uint64_t i = 0; i < count; ++i) state = mix(state + i);
    return state;
  });
  score.visits_per_second = best_rate(visits, [&next](std::uint64_t count) {
    std::uint32_t at = 0;
    for (std::uint64_t i = 0; i < count; ++i) at = next[at];
    return std::uint64_t{at};
  });
  return score;
}

double relative_speed(const CoreScore& score) {
  return std::sqrt(score.mixes_per_second / reference.mixes_per_second * score.visits_per_second /
                   reference.visits_per_second);
}

}  // namespace sharder
