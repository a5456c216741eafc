#include "sharder/history/partitions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

// Every list of tests has a division of its own; those of lists that nobody runs any more need not be kept.
constexpr int kept_divisions = 50;

/// Positions of the ids in alphabetical order, so that the order of the listing does not matter.
std::vector<std::size_t> alphabetical(const std::vector<std::string>& ids) {
  std::vector<std::size_t> positions(ids.size());
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  std::sort(positions.begin(), positions.end(), [&](std::size_t l, std::size_t r) { return ids[l] < ids[r]; });
  return positions;
}

/// Stands for the list of tests: FNV-1a over the sorted ids, and how many there are.
std::string fingerprint(const std::vector<std::string>& ids, const std::vector<std::size_t>& positions) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const std::size_t position : positions)
    for (const char c : ids[position] + '\n') hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return fmt::format("{:016x}-{}", hash, ids.size());
}

std::vector<int> decode(std::string_view text, const std::vector<std::size_t>& positions) {
  const std::vector<std::string> words = split(std::string(text), ',');
  std::vector<int> parts(positions.size(), 0);
  if (words.size() != positions.size()) return {};
  for (std::size_t i = 0; i < words.size(); ++i)
    std::from_chars(words[i].data(), words[i].data() + words[i].size(), parts[positions[i]]);
  return parts;
}

std::string encode(const std::vector<int>& parts, const std::vector<std::size_t>& positions) {
  std::string text;
  for (const std::size_t position : positions) text += fmt::format("{},", parts[position]);
  if (!text.empty()) text.pop_back();
  return text;
}

std::vector<int> find(Database& database, const PartitionQuestion& question, const std::string& tests,
                      const std::vector<std::size_t>& positions) {
  Statement known(database, "SELECT division FROM partitions WHERE project = ? AND parts = ? AND tests = ?");
  known.bind(question.project, question.parts, tests);
  return known.step() ? decode(known.text(0), positions) : std::vector<int>();
}

}  // namespace

std::vector<int> settled_partition(Database& database, const PartitionQuestion& question, bool read_only) {
  const std::vector<std::size_t> positions = alphabetical(question.ids);
  const std::string tests = fingerprint(question.ids, positions);
  if (read_only) {
    const std::vector<int> found = find(database, question, tests, positions);
    return found.empty() ? question.today : found;
  }
  // Asked under the lock: another part may be settling it at the same moment.
  Transaction transaction(database);
  if (std::vector<int> found = find(database, question, tests, positions); !found.empty()) return found;
  Statement(database, "INSERT INTO partitions(project, parts, tests, division) VALUES(?, ?, ?, ?)")
      .bind(question.project, question.parts, tests, encode(question.today, positions))
      .run();
  Statement(database, "DELETE FROM partitions WHERE project = ? AND id <= (SELECT max(id) FROM partitions) - ?")
      .bind(question.project, kept_divisions)
      .run();
  transaction.commit();
  return question.today;
}

}  // namespace sharder
