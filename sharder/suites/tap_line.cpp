#include "sharder/suites/tap_line.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// What stands in front of a mark and what follows it.
struct Parts {
  std::string_view front, behind;
};

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

bool starts_with_word(std::string_view text, std::string_view lower_case_word) {
  return text.size() >= lower_case_word.size() &&
         std::equal(lower_case_word.begin(), lower_case_word.end(), text.begin(),
                    [](char expected, char found) {
                      return expected == std::tolower(static_cast<unsigned char>(found));
                    });
}

/// Cuts at the first "#" that opens a directive; "\#" and a "#" that opens nothing belong to the name.
Parts cut_directive(std::string_view text) {
  for (std::size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1)) {
    if (at > 0 && text[at - 1] == '\\') continue;
    const std::string_view behind = trim(text.substr(at + 1, 8));
    if (starts_with_word(behind, "skip") || starts_with_word(behind, "todo"))
      return {text.substr(0, at), trim(text.substr(at + 1))};
  }
  return {text, {}};
}

std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '#' || text[i + 1] == '\\')) ++i;
    plain += text[i];
  }
  return plain;
}

/// "SKIP reason", "skipped: reason", "TODO reason": what follows the first word.
std::string reason_of(std::string_view directive) {
  const std::size_t blank = directive.find_first_of(" \t");
  return std::string(trim(blank == std::string_view::npos ? std::string_view{} : directive.substr(blank)));
}

std::optional<std::size_t> take_number(std::string_view& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

}  // namespace

std::optional<TapPoint> parse_tap_point(std::string_view line) {
  TapPoint point;
  if (line.starts_with("not ok")) {
    point.ok = false;
    line.remove_prefix(6);
  } else if (line.starts_with("ok")) {
    line.remove_prefix(2);
  } else {
    return std::nullopt;
  }
  if (!line.empty() && !is_blank(line.front())) return std::nullopt;
  line = trim(line);
  std::string_view behind_number = line;
  const auto number = take_number(behind_number);
  if (number && (behind_number.empty() || is_blank(behind_number.front()))) {
    point.number = number;
    line = trim(behind_number);
  }
  const Parts parts = cut_directive(line);
  std::string_view name = trim(parts.front);
  if (name.starts_with("- "))
    name = trim(name.substr(2));
  else if (name == "-")
    name = {};
  point.name = unescaped(name);
  if (!parts.behind.empty()) {
    point.directive =
        starts_with_word(parts.behind, "skip") ? TapPoint::Directive::skip : TapPoint::Directive::todo;
    point.reason = reason_of(parts.behind);
  }
  return point;
}

std::optional<TapPlan> parse_tap_plan(std::string_view line) {
  if (!line.starts_with("1..")) return std::nullopt;
  line.remove_prefix(3);
  const auto last = take_number(line);
  line = trim(line);
  if (!last || (!line.empty() && line.front() != '#')) return std::nullopt;
  TapPlan plan{*last, {}};
  if (!line.empty()) {
    const std::string_view behind = trim(line.substr(1));
    plan.reason = starts_with_word(behind, "skip") ? reason_of(behind) : std::string(behind);
  }
  return plan;
}

}  // namespace sharder
