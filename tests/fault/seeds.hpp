// Which seeds a test of many goes through: 500, SHARDER_SEEDS of them, or the one of SHARDER_FAULT_SEED.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace sharder {

/// Calls `check` with every seed, until one fails; `all` where one is replayed: no place may be left out then.
void for_each_seed(const std::function<void(std::uint64_t seed, bool all)>& check);

/// From 1 to `count`: all of them, or `wanted` drawn by the seed, ascending.
std::vector<std::size_t> places(std::size_t count, std::size_t wanted, std::uint64_t seed, bool all);

}  // namespace sharder
