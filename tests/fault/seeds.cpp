#include "tests/fault/seeds.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <set>
#include <string>

namespace sharder {

void for_each_seed(const std::function<void(std::uint64_t seed, bool all)>& check) {
  if (const char* seed = std::getenv("SHARDER_FAULT_SEED")) return check(std::strtoull(seed, nullptr, 10), true);
  const char* wanted = std::getenv("SHARDER_SEEDS");
  const std::uint64_t seeds = wanted == nullptr ? 500 : std::strtoull(wanted, nullptr, 10);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("SHARDER_FAULT_SEED=" + std::to_string(seed) + " replays it");
    check(seed, false);
    if (testing::Test::HasFailure()) return;
  }
}

std::vector<std::size_t> places(std::size_t count, std::size_t wanted, std::uint64_t seed, bool all) {
  std::mt19937_64 random(seed);
  std::set<std::size_t> chosen;
  if (all || count <= wanted)
    for (std::size_t place = 1; place <= count; ++place) chosen.insert(place);
  else
    while (chosen.size() < wanted) chosen.insert(1 + random() % count);
  return {chosen.begin(), chosen.end()};
}

}  // namespace sharder
