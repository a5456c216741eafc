#include "sharder/support/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <numeric>
#include <utility>

namespace sharder {
namespace {

/// Length of the valid UTF-8 sequence at the front of `bytes`, or 0.
std::size_t utf8_sequence(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F)) return 0;
  if ((lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F)) return 0;
  return length;
}

struct Number {
  double value;
  std::string_view unit;
};

std::optional<Number> parse_number(std::string_view text) {
  text = trim(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || !std::isfinite(value) || value < 0) return std::nullopt;
  return Number{value, trim(text.substr(static_cast<std::size_t>(end - text.data())))};
}

/// What stands for one character of a path at the front of a glob: a class, `?`, or the character itself.
std::string_view glob_character(std::string_view pattern) {
  if (pattern[0] != '[') return pattern.substr(0, 1);
  const bool negated = pattern.size() > 1 && (pattern[1] == '!' || pattern[1] == '^');
  // A bracket that opens the class's list is in it; a class that is not closed is a bracket.
  const std::size_t close = pattern.find(']', negated ? 3 : 2);
  return pattern.substr(0, close == std::string_view::npos ? 1 : close + 1);
}

bool in_class(std::string_view members, char c) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    const bool range = i + 2 < members.size() && members[i + 1] == '-';
    if (range ? members[i] <= c && c <= members[i + 2] : members[i] == c) return true;
    if (range) i += 2;
  }
  return false;
}

bool stands_for(std::string_view glob, char c) {
  if (glob.size() == 1) return glob[0] == '?' ? c != '/' : glob[0] == c;
  const bool negated = glob[1] == '!' || glob[1] == '^';
  return in_class(glob.substr(negated ? 2 : 1, glob.size() - (negated ? 3 : 2)), c) != negated;
}

/// Where in a path a pattern may have come to, all at once: backtracking would take exponential time for "*a*a*a*b".
class GlobPositions {
 public:
  explicit GlobPositions(std::string_view path) : path_(path), reached_(path.size() + 1) { reached_[0] = true; }

  /// `*`, or `**` where it crosses slashes.
  void stretch(bool crosses) {
    for (std::size_t at = 0; at < path_.size(); ++at)
      if (reached_[at] && (crosses || path_[at] != '/')) reached_[at + 1] = true;
  }
  /// "**/", which also stands for no directory at all.
  void skip_directories() {
    bool within = false;
    for (std::size_t at = 0; at < path_.size(); ++at) {
      within = within || reached_[at];
      if (within && path_[at] == '/') reached_[at + 1] = true;
    }
  }
  /// Anything else, by glob_character().
  void step(std::string_view glob) {
    for (std::size_t at = path_.size(); at > 0; --at)
      reached_[at] = reached_[at - 1] && stands_for(glob, path_[at - 1]);
    reached_[0] = false;
  }
  bool at_end() const { return reached_.back(); }

 private:
  std::string_view path_;
  std::vector<bool> reached_;
};

}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> pieces;
  for (;;) {
    const std::size_t end = text.find(separator);
    pieces.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines = split(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  for (std::string& line : lines)
    if (!line.empty() && line.back() == '\r') line.pop_back();
  return lines;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string join(const std::vector<std::string>& pieces, std::string_view separator) {
  return fmt::format("{}", fmt::join(pieces, separator));
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

std::optional<std::vector<std::string>> split_command(std::string_view command) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (quote == '\'') {
      if (c == '\'') quote = 0;
      else word += c;
    } else if (c == '\\' && i + 1 < command.size()) {
      // Inside double quotes a backslash escapes only what would otherwise be special.
      const char next = command[++i];
      if (quote == '"' && std::string_view("\"\\$`\n").find(next) == std::string_view::npos) word += c;
      word += next;
      in_word = true;
    } else if (quote == '"') {
      if (c == '"') quote = 0;
      else word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n') {
      if (in_word) words.push_back(std::exchange(word, {}));
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0) return std::nullopt;
  if (in_word) words.push_back(word);
  return words;
}

std::string quote_for_shell(std::string_view word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("_-./:=@%+,").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return std::string(word);
  return "'" + replace_all(std::string(word), "'", "'\\''") + "'";
}

std::string quote_command(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  for (const std::string& word : words) quoted.push_back(quote_for_shell(word));
  return join(quoted, " ");
}

std::optional<std::chrono::duration<double>> parse_duration(std::string_view text) {
  const std::optional<Number> number = parse_number(text);
  if (!number) return std::nullopt;
  constexpr std::array<std::pair<std::string_view, double>, 9> units{
      {{"", 1}, {"ms", 0.001}, {"s", 1}, {"sec", 1}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86400}, {"us", 1e-6}}};
  for (const auto& [unit, seconds] : units)
    if (unit == number->unit && std::isfinite(number->value * seconds))
      return std::chrono::duration<double>(number->value * seconds);
  return std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const std::optional<Number> number = parse_number(text);
  if (!number) return std::nullopt;
  std::string unit(number->unit);
  if (!unit.empty() && unit.back() == 'B') unit.pop_back();
  if (!unit.empty() && unit.back() == 'i') unit.pop_back();
  const std::size_t power = unit.empty() ? 0 : std::string_view("?KMGT").find(unit);
  if (unit.size() > 1 || power == std::string_view::npos || unit == "?") return std::nullopt;
  const double bytes = std::ldexp(number->value, 10 * static_cast<int>(power));
  if (bytes >= 0x1p63) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

std::string format_duration(std::chrono::duration<double> duration) {
  const double seconds = duration.count();
  if (seconds < 0.0995) return fmt::format("{:.0f} ms", seconds * 1000);
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string format_size(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < units.size()) value /= 1024, ++unit;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, units[unit]);
}

namespace {

/// What turns the order of characters round, or ends a line where no "\n" stands: U+2028 to U+202E, and U+2066 to
/// U+2069.
bool is_layout_control(std::string_view sequence) {
  if (sequence.size() != 3 || sequence[0] != '\xE2') return false;
  const auto middle = static_cast<unsigned char>(sequence[1]), last = static_cast<unsigned char>(sequence[2]);
  return (middle == 0x80 && 0xA8 <= last && last <= 0xAE) || (middle == 0x81 && 0xA6 <= last && last <= 0xA9);
}

}  // namespace

std::string printable(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = utf8_sequence(bytes);
    const auto c = static_cast<unsigned char>(bytes[0]);
    const bool c1_control = length == 2 && c == 0xC2 && static_cast<unsigned char>(bytes[1]) < 0xA0;
    const bool control = length == 1 && ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F);
    const std::size_t taken = std::max<std::size_t>(length, 1);
    if (length == 0 || control || c1_control || is_layout_control(bytes.substr(0, length))) {
      for (const char escaped : bytes.substr(0, taken))
        text += fmt::format("\\x{:02x}", static_cast<unsigned char>(escaped));
    } else {
      text += bytes.substr(0, taken);
    }
    bytes.remove_prefix(taken);
  }
  return text;
}

std::string valid_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = utf8_sequence(bytes);
    if (length == 0) text += "\xEF\xBF\xBD";
    else text += bytes.substr(0, length);
    bytes.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(word.size() / 3, 1) + 1;
  for (const std::string& candidate : candidates) {
    std::vector<std::size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= word.size(); ++i) {
      std::size_t diagonal = std::exchange(row[0], i);
      for (std::size_t j = 1; j <= candidate.size(); ++j) {
        const std::size_t substituted = diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 1);
        diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, substituted}));
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

bool glob_matches(std::string_view pattern, std::string_view path) {
  // What stands in front of the first star decides most comparisons.
  while (!pattern.empty() && pattern[0] != '*') {
    const std::string_view glob = glob_character(pattern);
    if (path.empty() || !stands_for(glob, path[0])) return false;
    pattern.remove_prefix(glob.size());
    path.remove_prefix(1);
  }
  GlobPositions positions(path);
  while (!pattern.empty()) {
    std::size_t taken = 1;
    if (pattern.starts_with("**/")) {
      positions.skip_directories();
      taken = 3;
    } else if (pattern[0] == '*') {
      taken = pattern.starts_with("**") ? 2 : 1;
      positions.stretch(taken == 2);
    } else {
      const std::string_view glob = glob_character(pattern);
      positions.step(glob);
      taken = glob.size();
    }
    pattern.remove_prefix(taken);
  }
  return positions.at_end();
}

}  // namespace sharder
