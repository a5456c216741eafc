#include "containers/rootfs/own_ids.hpp"

#include <charconv>
#include <vector>

#include "sharder/support/text.hpp"

namespace sharder::rootfs {
namespace {

/// Where the keepers' namespace has a user whose id is too large for the range.
constexpr std::uint32_t large_self = first_range + mapped_ids;

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The clone's ids, beginning at `shift`: the range, with the user's own id in its place.
std::vector<IdMap::Line> clone_lines(const OwnIds& ids, std::uint32_t shift, std::uint32_t large) {
  if (ids.self >= own_clone_ids) return {{shift, ids.first, own_clone_ids}, {large, ids.self, 1}};
  std::vector<IdMap::Line> lines;
  if (ids.self > 0) lines.push_back({shift, ids.first, ids.self});
  lines.push_back({shift + ids.self, ids.self, 1});
  const std::uint32_t after = ids.self + 1;
  if (after < own_clone_ids) lines.push_back({shift + after, ids.first + after, own_clone_ids - after});
  return lines;
}

std::vector<std::uint32_t> numbers_of(const std::string& line) {
  std::vector<std::uint32_t> numbers;
  for (const std::string& word : split(line, ' '))
    if (const auto value = number(word)) numbers.push_back(*value);
  return numbers;
}

}  // namespace

std::optional<std::uint32_t> find_own_range(std::string_view file, const std::string& name,
                                            std::uint32_t user) {
  for (const std::string& line : split_lines(file)) {
    const std::vector<std::string> fields = split(line, ':');
    if (fields.size() != 3 || (fields[0] != name && fields[0] != std::to_string(user))) continue;
    const auto first = number(fields[1]), count = number(fields[2]);
    if (first && count && *first > 0 && *count > own_clone_ids) return first;
  }
  return std::nullopt;
}

IdMap base_map(const OwnIds& ids) {
  return IdMap(0, clone_lines(ids, 0, ids.self));
}

IdMap keeper_map(const OwnIds& ids) {
  std::vector<IdMap::Line> lines = clone_lines(ids, first_range, large_self);
  lines.insert(lines.begin(), {0, ids.first + own_clone_ids, 1});
  return IdMap(0, lines);
}

std::optional<IdMap> clone_map_within(std::string_view keepers_map) {
  std::vector<IdMap::Line> lines;
  for (const std::string& text : split_lines(keepers_map)) {
    const std::vector<std::uint32_t> line = numbers_of(text);
    if (line.size() != 3 || line[0] < first_range) continue;
    const std::uint32_t inside = line[0] == large_self ? line[1] : line[0] - first_range;
    lines.push_back({inside, line[0], line[2]});
  }
  if (lines.empty() || lines.front().outside != first_range) return std::nullopt;
  return IdMap(first_range, lines);
}

}  // namespace sharder::rootfs
