#include "sharder/config/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

std::string_view word_for(Diagnostic::Severity severity) {
  switch (severity) {
    case Diagnostic::Severity::error: return "error";
    case Diagnostic::Severity::warning: return "warning";
    case Diagnostic::Severity::notice: return "notice";
  }
  return "error";
}

}  // namespace

std::string to_string(const Diagnostic& diagnostic) {
  std::string text = printable(diagnostic.file);
  if (diagnostic.line > 0) text += fmt::format(":{}:{}", diagnostic.line, diagnostic.column);
  if (!text.empty()) text += ": ";
  text += fmt::format("{}: {}", word_for(diagnostic.severity), printable(diagnostic.message));
  if (!diagnostic.hint.empty()) text += fmt::format(" (hint: {})", printable(diagnostic.hint));
  return text;
}

bool has_errors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& each) { return each.severity == Diagnostic::Severity::error; });
}

std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
  const std::string near = nearest(word, known);
  if (!near.empty()) return fmt::format("did you mean \"{}\"?", near);
  if (known.empty()) return {};
  return fmt::format("known {} {}", known.size() == 1 ? "is" : "are", enumeration(known));
}

std::string enumeration(const std::vector<std::string>& words, const std::string& last) {
  if (words.size() < 2) return join(words, "");
  const std::vector<std::string> front(words.begin(), words.end() - 1);
  return fmt::format("{} {} {}", join(front, ", "), last, words.back());
}

}  // namespace sharder
