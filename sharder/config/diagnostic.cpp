#include "sharder/config/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

std::string_view word_for(Diagnostic::Severity severity) {
  switch (severity) {
    case Diagnostic::Severity::error:
      return "error";
    case Diagnostic::Severity::warning:
      return "warning";
    case Diagnostic::Severity::notice:
      return "notice";
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

std::string probably_meant(const std::string& word, const std::vector<std::string>& known) {
  const std::string near = nearest(word, known);
  if (!near.empty() || word.empty()) return near;
  const auto same_letters = [&](const std::string& each) {
    return each.size() == word.size() && std::is_permutation(each.begin(), each.end(), word.begin());
  };
  const auto found = std::find_if(known.begin(), known.end(), same_letters);
  return found == known.end() ? "" : *found;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& known) {
  const std::string meant = probably_meant(word, known);
  return meant.empty() ? "" : fmt::format("did you mean \"{}\"?", meant);
}

std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
  const std::string question = did_you_mean(word, known);
  if (!question.empty()) return question;
  if (known.empty()) return {};
  return fmt::format("known {} {}", known.size() == 1 ? "is" : "are", enumeration(known));
}

std::string enumeration(const std::vector<std::string>& words, const std::string& last) {
  if (words.size() < 2) return join(words, "");
  const std::vector<std::string> front(words.begin(), words.end() - 1);
  return fmt::format("{} {} {}", join(front, ", "), last, words.back());
}

}  // namespace sharder
