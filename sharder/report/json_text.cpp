#include "sharder/report/json_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
}

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\r':
      out += "\\r";
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x20 || byte == 0x7F)
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
  else
    out += c;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;
  while (plain < text.size() && is_plain(text[plain])) ++plain;
  out += text.substr(0, plain);
  if (plain < text.size())
    for (const char c : valid_utf8(text.substr(plain))) append_escaped(out, c);
  out += '"';
}

void JsonText::separate() {
  // A value that follows another in the same array or object is the only one not preceded by one of these.
  if (!out_.empty() && out_.back() != '{' && out_.back() != '[' && out_.back() != ':' && out_.back() != '\n')
    out_ += ',';
}

void JsonText::open(char bracket) {
  separate();
  out_ += bracket;
}

void JsonText::key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_ += ':';
}

void JsonText::value(std::string_view text) {
  separate();
  append_json_string(out_, text);
}

void JsonText::value(bool truth) {
  separate();
  out_ += truth ? "true" : "false";
}

void JsonText::value(double number) {
  separate();
  const double rounded = std::round(number * 1e6) / 1e6;
  fmt::format_to(std::back_inserter(out_), "{}", rounded == 0 || !std::isfinite(rounded) ? 0 : rounded);
}

void JsonText::write_signed(std::int64_t number) {
  separate();
  fmt::format_to(std::back_inserter(out_), "{}", number);
}

void JsonText::write_unsigned(std::uint64_t number) {
  separate();
  fmt::format_to(std::back_inserter(out_), "{}", number);
}

void JsonText::value(const std::vector<std::string>& texts) {
  begin_array();
  for (const std::string& text : texts) value(std::string_view(text));
  end_array();
}

}  // namespace sharder
