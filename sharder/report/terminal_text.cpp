#include "sharder/report/terminal_text.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <vector>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

struct Range {
  char32_t first, last;
};

// The blocks that matter of Unicode's EastAsianWidth.txt (W and F) and of its combining marks; exotic ones
// are counted as one column, which costs a ragged edge and no more.
constexpr std::array<Range, 9> wide{{{0x1100, 0x115F},
                                     {0x2E80, 0xA4CF},
                                     {0xAC00, 0xD7A3},
                                     {0xF900, 0xFAFF},
                                     {0xFE30, 0xFE6F},
                                     {0xFF00, 0xFF60},
                                     {0xFFE0, 0xFFE6},
                                     {0x1F300, 0x1FAFF},
                                     {0x20000, 0x3FFFD}}};
constexpr std::array<Range, 5> zero_width{
    {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xE0100, 0xE01EF}}};

template <std::size_t size>
bool contains(const std::array<Range, size>& ranges, char32_t point) {
  for (const Range& range : ranges)
    if (range.first <= point && point <= range.last) return true;
  return false;
}

std::size_t sequence_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
}

/// The first character of valid UTF-8.
struct Character {
  std::string_view bytes;
  int columns;
};
Character first_character(std::string_view text) {
  const std::size_t length = std::min(sequence_length(text[0]), text.size());
  char32_t point = static_cast<unsigned char>(text[0]);
  if (length > 1) point &= 0xFFu >> (length + 1);
  for (std::size_t i = 1; i < length; ++i)
    point = (point << 6) | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  return {text.substr(0, length), contains(zero_width, point) ? 0 : contains(wide, point) ? 2 : 1};
}

}  // namespace

std::string Palette::paint(Colour colour, std::string_view text) const {
  constexpr std::array<std::string_view, 7> codes{"", "31", "32", "33", "34", "90", "1"};
  if (!colourful_ || colour == Colour::none) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", codes.at(static_cast<std::size_t>(colour)), text);
}

int display_columns(std::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    columns += character.columns;
    text.remove_prefix(character.bytes.size());
  }
  return columns;
}

std::string cut_to_columns(std::string_view text, int columns) {
  if (display_columns(text) <= columns) return std::string(text);
  std::string kept;
  int used = 1;  // the ellipsis
  while (!text.empty()) {
    const Character character = first_character(text);
    used += character.columns;
    if (used > columns) break;
    kept += character.bytes;
    text.remove_prefix(character.bytes.size());
  }
  return columns > 0 ? kept + "…" : "";
}

std::string cut_front_to_columns(std::string_view text, int columns) {
  int present = display_columns(text);
  if (present <= columns) return std::string(text);
  while (!text.empty() && present + 1 > columns) {
    const Character character = first_character(text);
    present -= character.columns;
    text.remove_prefix(character.bytes.size());
  }
  return columns > 0 ? "…" + std::string(text) : "";
}

std::string one_line(std::string_view bytes, std::size_t most_bytes) {
  const bool cut = bytes.size() > most_bytes;
  std::string text = printable(whole_characters(bytes, most_bytes));
  for (char& c : text)
    if (c == '\n' || c == '\t') c = ' ';
  return std::string(trim(text)) + (cut ? "…" : "");
}

std::string_view whole_characters(std::string_view bytes, std::size_t most_bytes) {
  if (bytes.size() <= most_bytes) return bytes;
  std::size_t end = most_bytes;
  while (end > 0 && most_bytes - end < 3 && (static_cast<unsigned char>(bytes[end]) & 0xC0) == 0x80) --end;
  return bytes.substr(0, end);
}

std::string count_of(std::size_t count, std::string_view noun) {
  const std::string_view plural = noun.ends_with('s') ? "es" : "s";
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : plural);
}

std::string clock_time(Seconds duration) {
  const long seconds = std::lround(std::floor(std::max(0.0, duration.count())));
  if (seconds < 3600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds % 3600 / 60, seconds % 60);
}

ShoutedWord shouted(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed:
    case Outcome::expected_failure:
      return {"PASS", Colour::green};
    case Outcome::failed:
    case Outcome::unexpected_success:
      return {"FAIL", Colour::red};
    case Outcome::skipped:
      return {"SKIP", Colour::blue};
    case Outcome::crashed:
      return {"CRASH", Colour::red};
    case Outcome::timed_out:
      return {"TIMEOUT", Colour::red};
    case Outcome::leaked:
      return {"LEAK", Colour::red};
    case Outcome::lost:
      break;
  }
  return {"LOST", Colour::yellow};
}

ShoutedWord shouted(Verdict verdict, Outcome last) {
  switch (verdict) {
    case Verdict::passed:
      return shouted(Outcome::passed);
    case Verdict::failed:
      return is_failure(last) ? shouted(last) : shouted(Outcome::failed);
    case Verdict::flaky:
      return {"FLAKY", Colour::yellow};
    case Verdict::skipped:
      return shouted(Outcome::skipped);
    case Verdict::lost:
      return shouted(Outcome::lost);
    case Verdict::not_run:
      break;
  }
  return {"NOT RUN", Colour::yellow};
}

}  // namespace sharder
