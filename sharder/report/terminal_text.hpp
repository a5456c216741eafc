// Text for a terminal: colours or none, columns instead of bytes, one line where one line is wanted.
// Whatever came out of a clone passes through one_line() or printable() before it is shown.
#pragma once

#include <string>
#include <string_view>

#include "sharder/model/outcome.hpp"

namespace sharder {

enum class Colour { none, red, green, yellow, blue, grey, bold };

class Palette {
 public:
  explicit Palette(bool colourful) : colourful_(colourful) {}
  std::string paint(Colour colour, std::string_view text) const;

 private:
  bool colourful_;
};

/// Columns that valid UTF-8 takes on a terminal: two for East Asian wide characters and emoji, none for
/// combining marks.
int display_columns(std::string_view text);

/// `text` where it fits, else its beginning and "…".
std::string cut_to_columns(std::string_view text, int columns);
/// Likewise, but the end is kept: the end of a test's id tells more than its beginning.
std::string cut_front_to_columns(std::string_view text, int columns);

/// `bytes` made printable on one line of at most `most_bytes`.
std::string one_line(std::string_view bytes, std::size_t most_bytes = 200);

/// The beginning of `bytes`, at most so many, without a part of a character at its end.
std::string_view whole_characters(std::string_view bytes, std::size_t most_bytes);

/// "1 test", "2 tests", "2 processes".
std::string count_of(std::size_t count, std::string_view noun);

/// "0:07", "12:34", "1:02:03".
std::string clock_time(Seconds duration);

/// A word of at most seven letters, in capitals, as lines of progress begin with.
struct ShoutedWord {
  std::string_view text;
  Colour colour;
};
ShoutedWord shouted(Outcome outcome);
/// What stands for the verdict; a failed test is told by how its last attempt ended.
ShoutedWord shouted(Verdict verdict, Outcome last);

}  // namespace sharder
