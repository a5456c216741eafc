#include "tests/unit/report/terminal_screen.hpp"

#include <cstdlib>

namespace sharder {

void TerminalScreen::write(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t taken = 1;
    if (bytes[0] == '\x1b') {
      taken = escape(bytes);
    } else if (bytes[0] == '\r') {
      column_ = 0;
    } else if (bytes[0] == '\n') {
      new_line();
    } else {
      while (taken < bytes.size() && (static_cast<unsigned char>(bytes[taken]) & 0xC0) == 0x80) ++taken;
      put(bytes.substr(0, taken));
    }
    bytes.remove_prefix(taken);
  }
}

std::size_t TerminalScreen::escape(std::string_view bytes) {
  const std::size_t end = bytes.find_first_of("ABCDHJKmhl", 2);
  const std::string parameters(bytes.substr(2, end - 2));
  const auto number = static_cast<std::size_t>(std::atoi(parameters.c_str()));
  switch (bytes[end]) {
    case 'A':
      row_ -= std::min(row_, number);
      break;
    case 'K':
      rows_[row_].resize(std::min(rows_[row_].size(), column_));
      break;
    case 'J':
      rows_[row_].resize(std::min(rows_[row_].size(), column_));
      rows_.resize(row_ + 1);
      break;
    case 'l':
      hidden_ = true;
      break;
    case 'h':
      hidden_ = false;
      break;
    default:
      break;
  }
  return end + 1;
}

void TerminalScreen::put(std::string_view character) {
  if (column_ == static_cast<std::size_t>(columns_)) new_line();
  std::vector<std::string>& row = rows_[row_];
  if (row.size() <= column_) row.resize(column_ + 1, " ");
  row[column_++] = character;
}

void TerminalScreen::new_line() {
  column_ = 0;
  if (++row_ == rows_.size()) rows_.emplace_back();
}

std::string TerminalScreen::text() const {
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (const std::string& character : row) line += character;
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace sharder
