// The small languages of single values ("50%", "2/4", "auto"): how they are read, and the words that stand
// for enumerations. What they mean is config.hpp's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sharder/config/command_line.hpp"

namespace sharder {

/// A whole decimal number within [lowest, highest], nothing before or after it.
std::optional<std::uint64_t> parse_number(const std::string& text, std::uint64_t lowest,
                                          std::uint64_t highest);
/// A decimal fraction above zero.
std::optional<double> parse_factor(const std::string& text);
/// "5%" or "12.5%" as 0.05 or 0.125; up to 100%.
std::optional<double> parse_percentage(const std::string& text);
/// "auto", a number from 1, or a percentage of the cores.
std::optional<WorkersChoice> parse_workers(const std::string& text);
/// "2/4": the second of four.
std::optional<RunOptions::Partition> parse_partition(const std::string& text);
/// "1", "yes", "true", "on" and their opposites.
std::optional<bool> parse_switch(const std::string& text);

extern const std::vector<std::pair<std::string, Freshness>> freshness_words;
extern const std::vector<std::pair<std::string, FlakyPolicy>> flaky_words;
extern const std::vector<std::pair<std::string, Feed>> feed_words;
const std::string& word_of(Feed feed);

/// The first parts: what may be written.
template <typename Value>
std::vector<std::string> words_of(const std::vector<std::pair<std::string, Value>>& pairs) {
  std::vector<std::string> words;
  for (const auto& [word, value] : pairs) words.push_back(word);
  return words;
}

template <typename Value>
std::optional<Value> value_of(const std::vector<std::pair<std::string, Value>>& pairs,
                              const std::string& word) {
  for (const auto& [each, value] : pairs)
    if (each == word) return value;
  return std::nullopt;
}

/// The word for a value, for messages.
template <typename Value>
std::string word_of(const std::vector<std::pair<std::string, Value>>& pairs, Value value) {
  for (const auto& [word, each] : pairs)
    if (each == value) return word;
  return {};
}

}  // namespace sharder
