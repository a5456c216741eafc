#include "sharder/config/values.hpp"

#include <algorithm>

#include <charconv>
#include <cmath>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// More workers than this on one machine is a slip of the finger.
constexpr int most_workers = 4096;
constexpr int most_partitions = 100'000;

std::optional<double> parse_decimal(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

const std::vector<std::pair<std::string, Freshness>> freshness_words{{"auto", Freshness::automatic},
                                                                     {"test", Freshness::test},
                                                                     {"batch", Freshness::batch},
                                                                     {"worker", Freshness::worker},
                                                                     {"clone", Freshness::clone}};
const std::vector<std::pair<std::string, FlakyPolicy>> flaky_words{
    {"pass", FlakyPolicy::pass}, {"warn", FlakyPolicy::warn}, {"fail", FlakyPolicy::fail}};
const std::vector<std::pair<std::string, Feed>> feed_words{
    {"each", Feed::each}, {"batch", Feed::batch}, {"stdin", Feed::standard_input}};

const std::string& word_of(Feed feed) {
  return std::find_if(feed_words.begin(), feed_words.end(), [&](const auto& word) { return word.second == feed; })
      ->first;
}

std::optional<std::uint64_t> parse_number(const std::string& text, std::uint64_t lowest,
                                          std::uint64_t highest) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (value < lowest || value > highest) return std::nullopt;
  return value;
}

std::optional<double> parse_factor(const std::string& text) {
  const std::optional<double> value = parse_decimal(text);
  if (!value || *value <= 0) return std::nullopt;
  return value;
}

std::optional<double> parse_percentage(const std::string& text) {
  if (text.empty() || text.back() != '%') return std::nullopt;
  const std::optional<double> value = parse_decimal(text.substr(0, text.size() - 1));
  if (!value || *value < 0 || *value > 100) return std::nullopt;
  return *value / 100;
}

std::optional<WorkersChoice> parse_workers(const std::string& text) {
  if (text == "auto") return WorkersChoice{};
  if (const std::optional<double> share = parse_percentage(text); share && *share > 0)
    return WorkersChoice{.number = {}, .share = share};
  const std::optional<std::uint64_t> number = parse_number(text, 1, most_workers);
  if (!number) return std::nullopt;
  return WorkersChoice{.number = static_cast<int>(*number), .share = {}};
}

std::optional<RunOptions::Partition> parse_partition(const std::string& text) {
  const std::vector<std::string> parts = split(text, '/');
  if (parts.size() != 2) return std::nullopt;
  const std::optional<std::uint64_t> of = parse_number(parts[1], 1, most_partitions);
  if (!of) return std::nullopt;
  const std::optional<std::uint64_t> number = parse_number(parts[0], 1, *of);
  if (!number) return std::nullopt;
  return RunOptions::Partition{.number = static_cast<int>(*number), .of = static_cast<int>(*of)};
}

std::optional<bool> parse_switch(const std::string& text) {
  for (const char* word : {"1", "yes", "true", "on"})
    if (text == word) return true;
  for (const char* word : {"0", "no", "false", "off"})
    if (text == word) return false;
  return std::nullopt;
}

}  // namespace sharder
