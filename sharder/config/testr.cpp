#include "sharder/config/testr.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sharder/config/ini_file.hpp"
#include "sharder/config/pattern.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// testr's own variables, replaced before a shell sees the command.
std::string substituted(std::string text, const std::vector<std::pair<std::string, std::string>>& variables) {
  for (const auto& [variable, value] : variables) text = replace_all(std::move(text), variable, value);
  return text;
}

std::string value_or(const IniSection& section, const char* key, const std::string& otherwise) {
  const IniEntry* entry = section.find(key);
  return entry ? entry->value : otherwise;
}

class Import {
 public:
  Import(const IniSection& section, std::string file, const FrameworkConfig& preset)
      : section_(section), file_(std::move(file)) {
    result_.framework = preset;
    result_.diagnostics = section.diagnostics;
    FrameworkConfig& framework = result_.framework;
    if (!framework.list) framework.list.emplace();
    if (framework.list->format.empty()) framework.list->format = "subunit2";
    if (framework.run.format.empty()) framework.run.format = "subunit2";
    framework.run.feed = Feed::batch;
    framework.explanation.emplace_back("taken from", file_);
  }

  void read_testr() {
    const IniEntry* command = section_.find("test_command");
    if (!command) return complain(Diagnostic::Severity::error, 0, "\"test_command\" is missing", "");
    const std::string id_option = value_or(section_, "test_id_option", "");
    const std::string list_option = value_or(section_, "test_list_option", "");
    const std::string all = value_or(section_, "test_id_list_default", "");
    const bool can_list = command->value.find("$LISTOPT") != std::string::npos && !list_option.empty();
    if (!can_list)
      complain(Diagnostic::Severity::error, command->line, "the command cannot list tests",
               "it needs $LISTOPT, and a test_list_option");
    const std::string selecting = substituted(command->value, {{"$IDOPTION", id_option}});
    const bool by_file = selecting.find("$IDFILE") != std::string::npos;
    const bool by_words = selecting.find("$IDLIST") != std::string::npos;
    if (!by_file && !by_words)
      complain(Diagnostic::Severity::error, command->line, "the command cannot run chosen tests",
               "it needs $IDOPTION, and a test_id_option with $IDFILE; or $IDLIST");
    const std::string listing = substituted(
        command->value, {{"$IDOPTION", ""}, {"$LISTOPT", list_option}, {"$IDLIST", all}, {"$IDFILE", ""}});
    // Ids as words go round the shell, which would take their brackets and quotes for its own.
    const std::string running =
        substituted(selecting, {{"$LISTOPT", ""}, {"$IDFILE", "{id_file}"}, {"$IDLIST", "\"$@\""}});
    result_.framework.list->command = in_shell(listing);
    result_.framework.run.command =
        by_words ? quote_command({"sh", "-c", running}) + " sh {ids}" : in_shell(running);
    if (by_file && by_words)
      complain(Diagnostic::Severity::warning, command->line,
               "the command takes ids both as a file and as words", "");
    result_.framework.filter_tags = words(value_or(section_, "filter_tags", ""));
    read_group_regex();
    for (const IniEntry& entry : section_.entries) look_at_other_key(entry);
  }

  void read_stestr() {
    const IniEntry* path = section_.find("test_path");
    if (!path) return complain(Diagnostic::Severity::error, 0, "\"test_path\" is missing", "");
    const std::string top = value_or(section_, "top_dir", "./");
    const std::string discover = "{interpreter} -m stestr.subunit_runner.run " +
                                 quote_command({"discover", "-t", top, path->value}) + " {arguments}";
    result_.framework.list->command = discover + " --list";
    result_.framework.run.command = discover + " --load-list {id_file}";
    if (result_.framework.default_interpreter.empty()) result_.framework.default_interpreter = "python3";
    const std::string by_class = lower(value_or(section_, "parallel_class", ""));
    if (by_class == "true" || by_class == "1" || by_class == "yes" || by_class == "on")
      result_.group_by = R"(re:^(([^\.]*\.)*))";
    read_group_regex();
  }

  TestrImport result() && { return std::move(result_); }

 private:
  /// Arguments go to the end of the command, as testr puts them.
  static std::string in_shell(const std::string& script) {
    return quote_command({"sh", "-c", script + " \"$@\""}) + " sh {arguments}";
  }

  static std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
  }

  static std::vector<std::string> words(const std::string& text) {
    std::vector<std::string> words = split(replace_all(text, "\n", " "), ' ');
    std::erase(words, "");
    return words;
  }

  /// Python matches from the beginning of the id, and the whole match names the group.
  void read_group_regex() {
    const IniEntry* entry = section_.find("group_regex");
    if (!entry || entry->value.empty()) return;
    // Boost spells named groups without the P.
    const std::string group_by = "re:^(" + replace_all(entry->value, "(?P<", "(?<") + ")";
    try {
      const Pattern expression(group_by);
      result_.group_by = group_by;
    } catch (const UsageError& refused) {
      complain(Diagnostic::Severity::warning, entry->line,
               fmt::format("\"group_regex\" is passed over: {}", refused.what()),
               "group_by in sharder.toml says the same in Perl's syntax");
    }
  }

  void look_at_other_key(const IniEntry& entry) {
    static const std::array known{"test_command",     "test_id_option", "test_id_list_default",
                                  "test_list_option", "filter_tags",    "group_regex"};
    if (std::find(known.begin(), known.end(), entry.key) != known.end()) return;
    std::string hint;
    if (entry.key.starts_with("instance_")) hint = "sharder gives every worker a clone of its own";
    if (entry.key == "test_run_concurrency") hint = "--workers, or workers in [clones]";
    complain(Diagnostic::Severity::notice, entry.line, fmt::format("\"{}\" is passed over", entry.key), hint);
  }

  void complain(Diagnostic::Severity severity, int line, const std::string& message,
                const std::string& hint) {
    result_.diagnostics.push_back({.severity = severity,
                                   .file = file_,
                                   .line = line,
                                   .column = line > 0 ? 1 : 0,
                                   .message = message,
                                   .hint = hint});
  }

  const IniSection& section_;
  std::string file_;
  TestrImport result_;
};

}  // namespace

TestrImport import_testr_text(const std::string& text, const std::string& file,
                              const FrameworkConfig& preset) {
  const IniSection section = read_default_section(text, file);
  Import import(section, file, preset);
  import.read_testr();
  return std::move(import).result();
}

TestrImport import_stestr_text(const std::string& text, const std::string& file,
                               const FrameworkConfig& preset) {
  const IniSection section = read_default_section(text, file);
  Import import(section, file, preset);
  import.read_stestr();
  return std::move(import).result();
}

bool has_testr_file(const std::filesystem::path& directory) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(directory / ".testr.conf", ignored) ||
         std::filesystem::is_regular_file(directory / ".stestr.conf", ignored);
}

TestrImport import_testr(const std::filesystem::path& directory, const std::string& shown,
                         const FrameworkConfig& preset) {
  const auto testr = read_file_if_any(directory / ".testr.conf");
  const auto stestr = read_file_if_any(directory / ".stestr.conf");
  if (testr) {
    TestrImport import = import_testr_text(*testr, shown + ".testr.conf", preset);
    if (stestr)
      import.diagnostics.push_back({.severity = Diagnostic::Severity::notice,
                                    .file = shown + ".stestr.conf",
                                    .message = "is passed over, because there is a .testr.conf beside it",
                                    .hint = ""});
    return import;
  }
  if (stestr) return import_stestr_text(*stestr, shown + ".stestr.conf", preset);
  TestrImport nothing;
  nothing.framework = preset;
  return nothing;
}

}  // namespace sharder
