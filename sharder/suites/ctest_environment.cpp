#include "sharder/suites/ctest_environment.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

struct Modification {
  std::string variable, operation, value;
};

bool is_identifier(const std::string& name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

/// "VARIABLE=operation:value"
std::optional<Modification> parse_modification(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::size_t colon = equals == std::string::npos ? equals : text.find(':', equals);
  if (colon == std::string::npos) return std::nullopt;
  Modification parsed{text.substr(0, equals), text.substr(equals + 1, colon - equals - 1),
                      text.substr(colon + 1)};
  if (!is_identifier(parsed.variable)) return std::nullopt;
  return parsed;
}

/// The shell statement that carries it out, or nothing for an unknown operation.
std::optional<std::string> statement(const Modification& modification) {
  const std::string& name = modification.variable;
  const std::string value = quote_for_shell(modification.value);
  const std::string& operation = modification.operation;
  if (operation == "unset") return "unset " + name;
  if (operation == "set") return name + "=" + value;
  const bool append = operation.ends_with("_append");
  if (!append && !operation.ends_with("_prepend")) return std::nullopt;
  const std::string kind = operation.substr(0, operation.rfind('_'));
  const std::string separator = kind == "path_list" ? ":" : kind == "cmake_list" ? ";" : "";
  if (kind != "string" && separator.empty()) return std::nullopt;
  const std::string quoted_separator = separator.empty() ? "" : quote_for_shell(separator);
  if (append) return name + "=\"${" + name + "-}\"" + "${" + name + ":+" + quoted_separator + "}" + value;
  return name + "=" + value + "${" + name + ":+" + quoted_separator + "}\"${" + name + "-}\"";
}

}  // namespace

ModifiedCommand with_modified_environment(const std::vector<std::string>& command,
                                          const std::vector<std::string>& modifications) {
  ModifiedCommand result;
  std::vector<Modification> applied;
  for (const std::string& text : modifications) {
    const auto parsed = parse_modification(text);
    if (parsed && parsed->operation == "reset") {
      std::erase_if(applied,
                    [&](const Modification& earlier) { return earlier.variable == parsed->variable; });
    } else if (parsed && statement(*parsed)) {
      applied.push_back(*parsed);
    } else {
      result.problems.push_back("ENVIRONMENT_MODIFICATION \"" + printable(text) + "\" is not understood");
    }
  }
  if (applied.empty()) {
    result.command = command;
    return result;
  }
  std::string script;
  for (const Modification& modification : applied) {
    script += *statement(modification) + "; ";
    if (modification.operation != "unset") script += "export " + modification.variable + "; ";
  }
  result.command = {"/bin/sh", "-c", script + "exec \"$@\"", "sh"};
  result.command.insert(result.command.end(), command.begin(), command.end());
  return result;
}

}  // namespace sharder
