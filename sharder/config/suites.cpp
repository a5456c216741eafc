#include "sharder/config/suites.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sharder/config/pattern.hpp"
#include "sharder/config/program_globs.hpp"
#include "sharder/config/testr.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

const std::vector<std::string> later_frameworks{"zope", "go", "libtest"};

/// Keys of `given` replace those of `target`, the others stay.
void overlay(TextPairs& target, const TextPairs& given) {
  for (const auto& [name, value] : given) {
    const auto found =
        std::find_if(target.begin(), target.end(), [&key = name](const auto& pair) { return pair.first == key; });
    if (found == target.end()) {
      target.emplace_back(name, value);
    } else {
      found->second = value;
    }
  }
}

void read_group_by(TableReader& reader, std::string& group_by) {
  const std::optional<std::string> text = reader.text("group_by");
  if (!text) return;
  if (!text->empty() && *text != "file" && *text != "class" && !text->starts_with("re:")) {
    reader.wrong("group_by", "file, class, re:EXPRESSION or nothing");
    return;
  }
  try {
    if (text->starts_with("re:")) Pattern expression(*text);
  } catch (const UsageError& refused) {
    reader.error("group_by", fmt::format("\"group_by\" in {}: {}", reader.name(), refused.what()));
    return;
  }
  group_by = *text;
}

/// What is known before the framework is: plain values, and the framework's name.
struct PlainSuite {
  SuiteConfig suite;
  std::string framework, directory = ".";
  bool has_programs = false;
};

void read_plain(TableReader& reader, PlainSuite& plain) {
  SuiteConfig& suite = plain.suite;
  assign(plain.framework, reader.text("framework"));
  const auto programs = reader.text_or_texts("programs");
  if (programs) plain.has_programs = true;
  assign(suite.programs, programs);
  assign(plain.directory, reader.text("directory"));
  assign(suite.arguments, reader.texts("arguments"));
  assign(suite.interpreter, reader.text("interpreter"));
  if (const auto pairs = reader.text_pairs("environment")) overlay(suite.environment, *pairs);
  assign(suite.pass_environment, reader.texts("pass_environment"));
  read_group_by(reader, suite.group_by);
  reader.node("list");
  reader.node("run");
}

/// The table that has the key, or the first.
const toml::source_region& place_of(const SuiteSource& source, const char* key) {
  for (const auto& [table, shown] : source.tables)
    if (const toml::node* node = table->get(key)) return node->source();
  return source.tables.front().first->source();
}

bool is_given(const SuiteSource& source, const char* key) {
  return std::any_of(source.tables.begin(), source.tables.end(),
                     [&](const auto& each) { return each.first->contains(key); });
}

const FrameworkConfig* find_framework(const SuiteSource& source, const PlainSuite& plain,
                                      const Frameworks& frameworks, DiagnosticSink& sink) {
  const std::string shown = source.tables.front().second;
  const toml::source_region& where = place_of(source, "framework");
  const std::string known = "known are " + enumeration(frameworks.names());
  if (plain.framework.empty()) {
    // Where it has the wrong type, that has been said.
    if (!is_given(source, "framework"))
      sink.error(where, fmt::format("\"framework\" is missing in {}", shown), known);
    return nullptr;
  }
  if (const FrameworkConfig* found = frameworks.find(plain.framework)) return found;
  const bool later =
      std::find(later_frameworks.begin(), later_frameworks.end(), plain.framework) != later_frameworks.end();
  std::string hint = did_you_mean(plain.framework, frameworks.names());
  if (!hint.empty()) hint += " ";
  if (later) hint = fmt::format("{} is not in this version; ", plain.framework);
  sink.error(where, fmt::format("unknown framework \"{}\" in {}", plain.framework, shown),
             fmt::format("{}{}, or one of your own in [framework.{}]", hint, known, plain.framework));
  return nullptr;
}

/// Takes over what a .testr.conf says; framework `testr` is nothing without one.
void add_testr(SuiteConfig& suite, const std::string& shown_directory, Diagnostics& diagnostics) {
  TestrImport import = import_testr(suite.directory, shown_directory, suite.framework);
  diagnostics.insert(diagnostics.end(), import.diagnostics.begin(), import.diagnostics.end());
  suite.framework = std::move(import.framework);
  if (suite.group_by.empty()) suite.group_by = import.group_by;
  // `${PYTHON:-python}` is how these files name their interpreter, and many machines have no `python`.
  const std::string& interpreter =
      suite.interpreter.empty() ? suite.framework.default_interpreter : suite.interpreter;
  overlay(suite.framework.environment, {{"PYTHON", interpreter.empty() ? "python3" : interpreter}});
}

/// "." in project /p is "/p"; an interpreter is a path only where it has a slash.
std::string absolute_in(const std::filesystem::path& project, const std::string& path) {
  std::string absolute = (project / path).lexically_normal().string();
  if (absolute.size() > 1 && absolute.back() == '/') absolute.pop_back();
  return absolute;
}

void check_programs(const SuiteSource& source, const PlainSuite& plain, DiagnosticSink& sink) {
  const FrameworkConfig& framework = plain.suite.framework;
  const std::string shown = source.tables.front().second;
  if (plain.has_programs && plain.suite.programs.empty())
    sink.error(place_of(source, "programs"), fmt::format("\"programs\" in {} is empty", shown));
  const ProgramGlobs globs = split_program_globs(plain.suite.programs);
  if (!globs.left_out.empty() && !framework.adapter.empty())
    sink.error(place_of(source, "programs"),
               fmt::format("\"!{}\" in \"programs\" of {}: {} leaves files out by arguments of its own",
                           globs.left_out[0], shown, framework.name),
               fmt::format("arguments = [\"--ignore-glob={}\"]", globs.left_out[0]));
  else if (!globs.left_out.empty() && globs.wanted.empty())
    sink.error(place_of(source, "programs"), fmt::format("\"programs\" in {} only leaves files out", shown),
               "name those that there are first, e.g. programs = [\"tests/*\", \"!tests/helper\"]");
  if (!framework.needs_programs || plain.has_programs || !framework.default_programs.empty()) return;
  sink.error(
      place_of(source, "programs"), fmt::format("\"programs\" is missing in {}", shown),
      fmt::format("framework {} wants the globs of its test programs, e.g. programs = [\"build/**/*_test\"]",
                  framework.name));
}

}  // namespace

void collect_suites(const toml::table& table, const std::string& prefix, DiagnosticSink& sink,
                    std::vector<SuiteSource>& suites) {
  std::vector<std::pair<std::string, const toml::table*>> found;
  for (const auto& [key, value] : table) {
    const std::string name(key.str());
    if (const toml::table* each = value.as_table()) {
      found.emplace_back(name, each);
    } else {
      sink.error(value.source(), fmt::format("\"{}\" in [{}suite] is no suite", name, prefix),
                 fmt::format("a suite has a name of its own: [{}suite.unit]", prefix));
    }
  }
  // TOML++ sorts by name; people think in the order that they wrote.
  std::stable_sort(found.begin(), found.end(), [](const auto& left, const auto& right) {
    return left.second->source().begin < right.second->source().begin;
  });
  for (const auto& [name, each] : found) {
    if (name.empty() || name.find('/') != std::string::npos)
      sink.error(each->source(), fmt::format("\"{}\" cannot be the name of a suite", name),
                 "ids are SUITE/TEST");
    auto suite = std::find_if(suites.begin(), suites.end(),
                              [&wanted = name](const SuiteSource& known) { return known.name == wanted; });
    if (suite == suites.end()) suite = suites.insert(suites.end(), SuiteSource{name, {}});
    suite->tables.emplace_back(each, fmt::format("[{}suite.{}]", prefix, name));
  }
}

SuiteConfig read_suite(const SuiteSource& source, const SuiteSurroundings& surroundings,
                       DiagnosticSink& sink) {
  PlainSuite plain;
  SuiteConfig& suite = plain.suite;
  suite.name = source.name;
  for (const auto& [table, shown] : source.tables) {
    TableReader reader(*table, shown, sink);
    read_plain(reader, plain);
    reader.finish();
  }
  suite.directory = absolute_in(surroundings.project, plain.directory);
  suite.project_directory = surroundings.project.string();
  if (suite.interpreter.find('/') != std::string::npos)
    suite.interpreter = absolute_in(surroundings.project, suite.interpreter);
  const FrameworkConfig* framework = find_framework(source, plain, surroundings.frameworks, sink);
  if (!framework) return suite;
  suite.framework = *framework;
  const bool has_own = is_given(source, "list") || is_given(source, "run");
  if (framework->name == "testr") {
    const bool elsewhere = plain.directory != ".";
    add_testr(suite, surroundings.shown_project + (elsewhere ? plain.directory + "/" : ""),
              sink.diagnostics());
    if (!has_own && !has_testr_file(suite.directory))
      sink.notice(fmt::format("there is no .testr.conf and no .stestr.conf for [suite.{}] in {}", suite.name,
                              suite.directory),
                  "`sharder list --explain` shows what runs instead");
  }
  const std::size_t before = sink.diagnostics().size();
  for (const auto& [table, shown] : source.tables) {
    TableReader reader(*table, shown, sink);
    read_framework_commands(reader, suite.framework);
  }
  check_programs(source, plain, sink);
  if (has_own && sink.diagnostics().size() == before)
    check_framework(suite.framework, source.tables.front().first->source(), source.tables.front().second,
                    sink);
  return suite;
}

SuiteConfig suite_of_testr_file(const SuiteSurroundings& surroundings, Diagnostics& diagnostics) {
  SuiteConfig suite;
  suite.directory = absolute_in(surroundings.project, ".");
  suite.project_directory = suite.directory;
  suite.name = std::filesystem::path(suite.directory).filename().string();
  if (suite.name.empty()) suite.name = "testr";
  const FrameworkConfig* framework = surroundings.frameworks.find("testr");
  SHARDER_ASSERT(framework != nullptr);
  suite.framework = *framework;
  add_testr(suite, surroundings.shown_project, diagnostics);
  return suite;
}

}  // namespace sharder
