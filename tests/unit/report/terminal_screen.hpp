// A terminal just good enough for the live view: cursor up, carriage return, clear, broken lines. Tests
// compare what a person would see instead of escape sequences.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sharder {

class TerminalScreen {
 public:
  explicit TerminalScreen(int columns) : columns_(columns) {}

  void write(std::string_view bytes);
  /// Every row ever shown, trailing blanks cut.
  std::string text() const;
  bool cursor_hidden() const { return hidden_; }
  std::size_t cursor_row() const { return row_; }

 private:
  std::size_t escape(std::string_view bytes);
  void put(std::string_view character);
  void new_line();

  int columns_;
  std::vector<std::vector<std::string>> rows_{1};
  std::size_t row_ = 0;
  std::size_t column_ = 0;
  bool hidden_ = false;
};

}  // namespace sharder
