#include "sharder/plan/order.hpp"

#include <algorithm>
#include <numeric>

namespace sharder {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): unlike the standard distributions, the same everywhere.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

}  // namespace

std::vector<TestIndex> order_tests(std::size_t count, std::string_view policy, std::uint64_t seed) {
  std::vector<TestIndex> order(count);
  std::iota(order.begin(), order.end(), TestIndex{0});
  if (policy == "reverse") std::reverse(order.begin(), order.end());
  if (policy == "shuffle") {
    Generator generator(seed);
    // Fisher-Yates; the modulo's bias is far below one in a billion for any real number of tests.
    for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[generator() % i]);
  }
  return order;
}

std::uint64_t attempt_seed(std::uint64_t run_seed, std::string_view test_id, int attempt) {
  std::uint64_t hash = 0xCBF29CE484222325ULL ^ run_seed;  // FNV-1a
  for (const char c : test_id) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return Generator(hash + static_cast<std::uint64_t>(attempt))() >> 32;
}

}  // namespace sharder
