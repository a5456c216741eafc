// Decides in which order tests are offered to the workers. Pure: the same tests and seed give the same order.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sharder/model/test.hpp"

namespace sharder {

/// `policy` is auto, listed, reverse or shuffle; without history, auto is the listed order.
std::vector<TestIndex> order_tests(std::size_t count, std::string_view policy, std::uint64_t seed);

/// A seed for one attempt of one test, drawn from the run's: equal in every run with the same seed.
std::uint64_t attempt_seed(std::uint64_t run_seed, std::string_view test_id, int attempt);

}  // namespace sharder
