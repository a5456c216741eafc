#include "sharder/config/frameworks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "sharder/config/presets.hpp"
#include "sharder/config/values.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

const std::vector<std::string> list_formats{"ids", "json", "subunit1", "subunit2", "gtest", "ctest"};
const std::vector<std::string> run_formats{"exit", "subunit1", "subunit2", "tap", "gtest", "junit"};
const std::vector<std::string> placeholders{"program", "programs", "arguments", "interpreter", "id",
                                            "ids",     "id_file",  "command",   "result_file"};

bool mentions(const std::string& command, std::string_view placeholder) {
  return command.find(fmt::format("{{{}}}", placeholder)) != std::string::npos;
}

/// A slip like {prgram} would be handed to the command as it stands. Braces that resemble no placeholder are
/// left alone: awk and the shell have theirs.
void check_placeholders(TableReader& reader, const std::string& command) {
  static const std::regex in_braces(R"((^|[^$])\{([a-z_]+)\})");
  for (std::sregex_iterator each(command.begin(), command.end(), in_braces), end; each != end; ++each) {
    const std::string word = (*each)[2];
    if (std::find(placeholders.begin(), placeholders.end(), word) != placeholders.end()) continue;
    const std::string near = probably_meant(word, placeholders);
    if (near.empty()) continue;
    reader.error("command", fmt::format("unknown placeholder {{{}}} in {}", word, reader.name()),
                 fmt::format("did you mean {{{}}}?", near));
  }
}

void read_command(const toml::table& table, const std::string& name, DiagnosticSink& sink, bool is_list,
                  FrameworkCommand& command) {
  TableReader reader(table, name, sink);
  if (const auto text = reader.command("command")) {
    command.command = *text;
    check_placeholders(reader, *text);
  }
  // A word that is no format is kept, for "has no format" would be wrong.
  assign(command.format, reader.word("format", is_list ? list_formats : run_formats));
  if (const auto* word = table.get_as<std::string>("format")) command.format = word->get();
  if (!is_list) {
    if (const auto word = reader.word("feed", words_of(feed_words)))
      command.feed = *value_of(feed_words, *word);
    assign(command.separator, reader.text("separator"));
    assign(command.escape, reader.word("escape", {"", "regex"}));
  }
  reader.finish();
}

/// "[framework.mine]" -> "[framework.mine.run]".
std::string nested(const std::string& name, const std::string& key) {
  return name.empty() ? fmt::format("[{}]", key)
                      : fmt::format("{}.{}]", name.substr(0, name.size() - 1), key);
}

/// Remarks, with a headline each or bare.
void read_remarks(TableReader& reader, FrameworkConfig& framework) {
  const toml::node* found = reader.node("explain");
  if (!found) return;
  if (found->is_table()) {
    assign(framework.explanation, reader.text_pairs("explain"));
  } else if (const auto remarks = reader.text_or_texts("explain")) {
    framework.explanation.clear();
    for (const std::string& remark : *remarks) framework.explanation.emplace_back("note", remark);
  }
}

void check_feed(const FrameworkConfig& framework, const toml::source_region& where, const std::string& name,
                DiagnosticSink& sink) {
  const FrameworkCommand& run = framework.run;
  if (run.feed != Feed::each && !framework.list)
    sink.error(
        where, fmt::format("\"list\" is missing in {}", name),
        fmt::format("feed = \"{}\" hands out ids, so they must be listed", word_of(feed_words, run.feed)));
  const bool takes_ids = mentions(run.command, "ids") || mentions(run.command, "id_file");
  if (run.feed == Feed::batch && framework.adapter.empty() && !takes_ids)
    sink.error(where, fmt::format("\"run\" in {} has feed = \"batch\", but its command takes no ids", name),
               "put {ids} or {id_file} into the command");
  if (run.feed == Feed::standard_input &&
      (run.format == "exit" || run.format == "gtest" || run.format == "junit"))
    sink.error(where,
               fmt::format("\"run\" in {} has feed = \"stdin\", which format \"{}\" cannot answer", name,
                           run.format),
               "a fed process answers each id in subunit1, subunit2 or tap");
  if (run.feed == Feed::batch && run.format == "exit")
    sink.error(where,
               fmt::format("\"run\" in {} has feed = \"batch\", which format \"exit\" cannot answer", name),
               "one exit status cannot tell several tests apart; feed = \"each\" can");
}

}  // namespace

void read_framework_commands(TableReader& reader, FrameworkConfig& framework) {
  if (const toml::table* list = reader.table("list")) {
    if (!framework.list) framework.list.emplace();
    read_command(*list, nested(reader.name(), "list"), reader.sink(), true, *framework.list);
  }
  if (const toml::table* run = reader.table("run"))
    read_command(*run, nested(reader.name(), "run"), reader.sink(), false, framework.run);
}

void read_framework(const toml::table& table, const std::string& name, DiagnosticSink& sink,
                    FrameworkConfig& framework) {
  TableReader reader(table, name, sink);
  read_framework_commands(reader, framework);
  assign(framework.needs_programs, reader.boolean("needs_programs"));
  assign(framework.default_programs, reader.texts("programs"));
  assign(framework.default_interpreter, reader.text("interpreter"));
  assign(framework.adapter, reader.text("adapter"));
  assign(framework.environment, reader.text_pairs("environment"));
  assign(framework.skip_statuses, reader.integers("skip_statuses", 0, 255));
  assign(framework.filter_tags, reader.texts("filter_tags"));
  read_remarks(reader, framework);
  reader.finish();
}

void check_framework(const FrameworkConfig& framework, const toml::source_region& where,
                     const std::string& name, DiagnosticSink& sink) {
  const std::size_t before = sink.diagnostics().size();
  if (framework.list && framework.list->command.empty())
    sink.error(where, fmt::format("\"list\" in {} has no command", name));
  if (framework.list && framework.list->format.empty())
    sink.error(where, fmt::format("\"list\" in {} has no format", name), enumeration(list_formats, "or"));
  if (framework.run.command.empty()) sink.error(where, fmt::format("\"run\" in {} has no command", name));
  if (framework.run.format.empty())
    sink.error(where, fmt::format("\"run\" in {} has no format", name), enumeration(run_formats, "or"));
  if (sink.diagnostics().size() == before) check_feed(framework, where, name, sink);
}

Frameworks::Frameworks() {
  for (const auto& [name, text] : preset_texts()) {
    Diagnostics mistakes;
    DiagnosticSink sink(name + ".toml", mistakes);
    FrameworkConfig& framework = frameworks_[name];
    framework.name = name;
    const toml::table table = toml::parse(text, std::string_view(name));
    read_framework(table, "", sink, framework);
    check_framework(framework, table.source(), "the preset", sink);
    SHARDER_ASSERT(mistakes.empty(), to_string(mistakes.front()));
  }
}

void Frameworks::read(const toml::table& table, const std::string& prefix, DiagnosticSink& sink) {
  for (const auto& [key, value] : table) {
    const std::string name(key.str());
    const std::string shown = fmt::format("[{}framework.{}]", prefix, name);
    if (const toml::table* each = value.as_table()) {
      FrameworkConfig& framework = frameworks_[name];
      framework.name = name;
      read_framework(*each, shown, sink, framework);
      users_.emplace(name, each->source());
    } else {
      sink.error(value.source(), fmt::format("\"{}\" is no table", shown.substr(1, shown.size() - 2)),
                 fmt::format("write {}", shown));
    }
  }
}

void Frameworks::check(DiagnosticSink& sink) const {
  for (const auto& [name, where] : users_)
    check_framework(frameworks_.at(name), where, fmt::format("[framework.{}]", name), sink);
}

const FrameworkConfig* Frameworks::find(const std::string& name) const {
  const auto found = frameworks_.find(name);
  return found == frameworks_.end() ? nullptr : &found->second;
}

std::vector<std::string> Frameworks::names() const {
  std::vector<std::string> names;
  for (const auto& [name, framework] : frameworks_) names.push_back(name);
  return names;
}

}  // namespace sharder
