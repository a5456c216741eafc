// Writes JSON straight into a string: an event costs a microsecond instead of the tree of nodes that a
// general library would build. Sees to commas and escapes; the caller sees to nesting.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sharder {

/// Appends `text` as a JSON string, quotes included. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

class JsonText {
 public:
  explicit JsonText(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { out_ += '}'; }
  void begin_array() { open('['); }
  void end_array() { out_ += ']'; }
  /// The next call gives its value.
  void key(std::string_view name);

  void value(std::string_view text);
  void value(const char* text) { value(std::string_view(text)); }
  void value(bool truth);
  /// Rounded to microseconds, our finest unit. What is no number, or too large for that, becomes 0, which JSON can
  /// say.
  void value(double number);
  template <std::integral Integer>
  void value(Integer number) {
    if constexpr (std::signed_integral<Integer>)
      write_signed(number);
    else
      write_unsigned(number);
  }
  void value(const std::vector<std::string>& texts);

  template <typename Value>
  void field(std::string_view name, const Value& content) {
    key(name);
    value(content);
  }
  /// Leaves the field out where it says nothing.
  void field_if_any(std::string_view name, const std::string& text) {
    if (!text.empty()) field(name, text);
  }
  void field_if_any(std::string_view name, const std::vector<std::string>& texts) {
    if (!texts.empty()) field(name, texts);
  }

 private:
  void separate();
  void open(char bracket);
  void write_signed(std::int64_t number);
  void write_unsigned(std::uint64_t number);

  std::string& out_;
};

}  // namespace sharder
