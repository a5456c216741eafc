// JSON that comes out of a clone. As a tree, a value of two bytes takes a hundred: how many there may be is bounded.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

namespace sharder {

/// What CTest prints of a hundred thousand tests. As a tree it is at most some 600 MiB.
inline constexpr std::size_t most_json_values = 4'000'000;

/// Discarded where it is broken; nothing where it holds more than `most_json_values` values and keys, which is found
/// out before any memory is spent on them.
std::optional<nlohmann::json> parse_bounded_json(std::string_view text);

}  // namespace sharder
