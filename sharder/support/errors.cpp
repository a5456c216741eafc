#include "sharder/support/errors.hpp"

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace sharder {

std::string error_text(int error_number) {
  std::string text = std::generic_category().message(error_number);
  // "Invalid argument" becomes "invalid argument"; "I/O error" keeps its capitals.
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0)
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

SystemError::SystemError(const std::string& operation, int error_number, std::string hint)
    : Error(operation + ": " + error_text(error_number), std::move(hint)), error_number_(error_number) {}

void assertion_failed(const char* expression, const char* file, int line, const std::string& values) {
  std::fprintf(stderr, "sharder: a bug: %s does not hold at %s:%d%s%s\n", expression, file, line,
               values.empty() ? "" : ": ", values.c_str());
  std::abort();
}

}  // namespace sharder
