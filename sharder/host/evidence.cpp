#include "sharder/host/evidence.hpp"

#include <algorithm>
#include <vector>

#include "sharder/model/memory_need.hpp"

namespace sharder {
namespace {

/// Fewer tests say little of those that come, and a run of them is short anyway.
constexpr int fewest_tests = 20;

}  // namespace

std::optional<WidthEvidence> evidence_from(const Past& past) {
  WidthEvidence evidence;
  double cpu = 0;
  Seconds wall{0};
  std::vector<std::uint64_t> needs;
  for (const auto& [id, test] : past.tests) {
    if (test.durations == 0 || test.cpu_seconds <= 0 || test.expected <= Seconds{0}) continue;
    ++evidence.tests;
    cpu += test.cpu_seconds;
    wall += test.expected;
    if (const std::uint64_t need = memory_need(test); need > 0) needs.push_back(need);
  }
  if (evidence.tests < fewest_tests) return std::nullopt;
  evidence.cpu_per_wall = cpu / wall.count();
  if (!needs.empty()) {
    std::sort(needs.begin(), needs.end());
    evidence.memory_bytes = needs[(needs.size() - 1) * 95 / 100];
    evidence.largest_bytes = needs.back();
  }
  return evidence;
}

}  // namespace sharder
