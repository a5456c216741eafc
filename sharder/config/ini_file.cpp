#include "sharder/config/ini_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : file_(file) {
    int number = 0;
    for (const std::string& line : split_lines(text)) read_line(line, ++number);
    for (IniEntry& entry : section_.entries) entry.value = trim(entry.value);
    const std::vector<IniEntry> raw = section_.entries;
    for (IniEntry& entry : section_.entries) entry.value = interpolated(raw, entry, entry.value, 0);
  }

  IniSection section() && { return std::move(section_); }

 private:
  void read_line(const std::string& line, int number) {
    const std::string_view content = trim(line);
    if (content.starts_with('#') || content.starts_with(';')) return;
    const bool indented = !line.empty() && (line[0] == ' ' || line[0] == '\t');
    if (content.empty() || (indented && in_value_)) {
      if (in_value_ && in_default_) section_.entries.back().value += "\n" + std::string(content);
      return;
    }
    in_value_ = false;
    if (content.starts_with('[') && content.ends_with(']')) {
      in_default_ = content == "[DEFAULT]";
      seen_section_ = true;
      return;
    }
    read_entry(content, number);
  }

  void read_entry(std::string_view content, int number) {
    const std::size_t separator = content.find_first_of("=:");
    if (!seen_section_ || separator == std::string_view::npos || separator == 0) {
      complain(number,
               seen_section_ ? fmt::format("expected KEY = VALUE, found \"{}\"", content)
                             : "a section must begin before the first key",
               seen_section_ ? "" : "the first line is [DEFAULT]");
      return;
    }
    in_value_ = true;
    if (!in_default_) return;
    section_.entries.push_back({.key = lower_case(trim(content.substr(0, separator))),
                                .value = std::string(trim(content.substr(separator + 1))),
                                .line = number});
  }

  /// "%%" is a percent sign, "%(key)s" another key's value. Values that name each other several times would grow
  /// exponentially: their number and the text they make have bounds.
  std::string interpolated(const std::vector<IniEntry>& raw, const IniEntry& entry, const std::string& value,
                           int depth) {
    constexpr int deepest = 10;  // as configparser
    constexpr int most_substitutions = 1000;
    constexpr std::size_t longest_value_bytes = 64 << 10;
    std::string text;
    for (std::size_t at = 0; at < value.size(); ++at) {
      if (value[at] != '%') {
        text += value[at];
        continue;
      }
      if (value.compare(at, 2, "%%") == 0) {
        text += '%';
        ++at;
        continue;
      }
      const std::size_t end = value.compare(at, 2, "%(") == 0 ? value.find(")s", at) : std::string::npos;
      const std::string key = end == std::string::npos ? "" : lower_case(value.substr(at + 2, end - at - 2));
      const auto found =
          std::find_if(raw.begin(), raw.end(), [&](const IniEntry& each) { return each.key == key; });
      const bool too_much = ++substitutions_ > most_substitutions || text.size() > longest_value_bytes;
      if (end == std::string::npos || found == raw.end() || depth == deepest || too_much) {
        complain(entry.line, fmt::format("\"{}\": cannot make sense of the % in it", entry.key),
                 "a percent sign is %%");
        return value;
      }
      text += interpolated(raw, entry, found->value, depth + 1);
      at = end + 1;
    }
    return text;
  }

  void complain(int line, std::string message, std::string hint) {
    section_.diagnostics.push_back({.severity = Diagnostic::Severity::error,
                                    .file = file_,
                                    .line = line,
                                    .column = 1,
                                    .message = std::move(message),
                                    .hint = std::move(hint)});
  }

  std::string file_;
  IniSection section_;
  int substitutions_ = 0;
  bool in_default_ = false, in_value_ = false, seen_section_ = false;
};

}  // namespace

const IniEntry* IniSection::find(std::string_view key) const {
  const IniEntry* found = nullptr;
  for (const IniEntry& entry : entries)
    if (entry.key == key) found = &entry;
  return found;
}

IniSection read_default_section(std::string_view text, const std::string& file) {
  return Reader(text, file).section();
}

}  // namespace sharder
