#include "sharder/suites/command_line.hpp"

#include <optional>

#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// The words of a placeholder that can stand for several, or null.
const std::vector<std::string>* several(std::string_view placeholder, const CommandValues& values) {
  if (placeholder == "{arguments}") return &values.arguments;
  if (placeholder == "{ids}") return &values.ids;
  if (placeholder == "{programs}") return &values.programs;
  if (placeholder == "{command}") return &values.command;
  return nullptr;
}

std::optional<std::string> filled(std::string_view placeholder, const CommandValues& values) {
  if (placeholder == "{id}") return values.ids.empty() ? std::string{} : values.ids.front();
  if (placeholder == "{program}") return values.program;
  if (placeholder == "{interpreter}") return values.interpreter;
  if (placeholder == "{id_file}") return values.id_file;
  if (placeholder == "{result_file}") return values.result_file;
  if (const std::vector<std::string>* words = several(placeholder, values))
    return join(*words, placeholder == "{ids}" ? values.separator : " ");
  return std::nullopt;
}

std::string fill_word(std::string_view word, const CommandValues& values) {
  std::string text;
  while (!word.empty()) {
    const std::size_t open = word.find('{');
    const std::size_t close = open == std::string_view::npos ? open : word.find('}', open);
    if (close == std::string_view::npos) break;
    text += word.substr(0, open);
    const std::string_view placeholder = word.substr(open, close - open + 1);
    if (const auto value = filled(placeholder, values)) {
      text += *value;
      word.remove_prefix(close + 1);
    } else {
      text += '{';
      word.remove_prefix(open + 1);
    }
  }
  return text += word;
}

}  // namespace

std::vector<std::string> build_command(const std::string& text, const CommandValues& values) {
  const auto words = split_command(text);
  if (!words)
    throw ConfigError("command has an open quote: " + text, "close the quote, or escape it with a backslash");
  std::vector<std::string> command;
  for (const std::string& word : *words) {
    if (const std::vector<std::string>* pieces = several(word, values))
      command.insert(command.end(), pieces->begin(), pieces->end());
    else
      command.push_back(fill_word(word, values));
  }
  return command;
}

bool has_placeholder(std::string_view text, std::string_view placeholder) {
  return text.find(placeholder) != std::string_view::npos;
}

}  // namespace sharder
