#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <unordered_set>

#include "sharder/suites/bounded_json.hpp"
#include "sharder/suites/ctest_environment.hpp"
#include "sharder/suites/list_formats.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using nlohmann::json;

std::vector<std::string> texts_of(const json& value) {
  std::vector<std::string> texts;
  if (value.is_string()) texts.push_back(value.get<std::string>());
  if (!value.is_array()) return texts;
  for (const json& element : value)
    if (element.is_string()) texts.push_back(element.get<std::string>());
  return texts;
}

/// CTest writes numbers as numbers, or as what the project gave: a string.
std::optional<double> number_of(const json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const auto seconds = parse_duration(value.get<std::string>());
  return seconds ? std::optional(seconds->count()) : std::nullopt;
}

bool is_true(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number()) return value.get<double>() != 0;
  return value.is_string() && value != "" && value != "0" && value != "OFF" && value != "FALSE" &&
         value != "NO";
}

/// CMake's expressions know neither counted repeats nor classes: braces and escaped letters stand for
/// themselves there. Nor do they know groups that open with "(?" or "(*": these stand for themselves, too, for a
/// recursion (and with it a search of minutes) must not come out of a clone.
std::string perl_expression(std::string_view cmake_expression) {
  std::string perl;
  bool in_class = false;
  for (std::size_t i = 0; i < cmake_expression.size(); ++i) {
    const char c = cmake_expression[i];
    if (in_class) {
      in_class = c != ']' || cmake_expression[i - 1] == '[' || cmake_expression.substr(i - 2, 2) == "[^";
      perl += c == '\\' ? "\\\\" : std::string(1, c);
    } else if (c == '\\' && i + 1 < cmake_expression.size()) {
      const char next = cmake_expression[++i];
      if (std::isalnum(static_cast<unsigned char>(next)) == 0) perl += '\\';
      perl += next;
    } else {
      const bool opens_extension = i > 0 && cmake_expression[i - 1] == '(' && (c == '?' || c == '*');
      if (c == '{' || c == '}' || opens_extension) perl += '\\';
      in_class = c == '[';
      perl += c;
    }
  }
  return perl;
}

std::vector<std::string> perl_expressions(const json& value) {
  std::vector<std::string> expressions = texts_of(value);
  for (std::string& expression : expressions) expression = perl_expression(expression);
  return expressions;
}

void take_limits(Test& test, const std::string& name, const json& value) {
  const std::optional<double> number = number_of(value);
  constexpr double most_cores = 65536;
  if (name == "TIMEOUT" && number && *number > 0) test.timeout = Seconds(*number);
  if (name == "COST" && number && *number > 0) test.cost = *number;
  if (name == "PROCESSORS" && number) test.cores = static_cast<int>(std::clamp(*number, 1.0, most_cores));
  if (name == "SKIP_RETURN_CODE" && number && *number >= 0 && *number < 256)
    test.exit_rules.skip_return_code = static_cast<int>(*number);
}

void take_property(Test& test, const std::string& name, const json& value, const std::string& directory,
                   std::vector<std::string>& modifications) {
  if (name == "WORKING_DIRECTORY" && value.is_string())
    test.directory = (std::filesystem::path(directory) / value.get<std::string>()).lexically_normal();
  else if (name == "WILL_FAIL")
    test.exit_rules.will_fail = is_true(value);
  else if (name == "DISABLED")
    test.disabled = is_true(value);
  else if (name == "RUN_SERIAL")
    test.exclusive = is_true(value);
  else if (name == "PASS_REGULAR_EXPRESSION")
    test.exit_rules.pass_expressions = perl_expressions(value);
  else if (name == "FAIL_REGULAR_EXPRESSION")
    test.exit_rules.fail_expressions = perl_expressions(value);
  else if (name == "SKIP_REGULAR_EXPRESSION")
    test.exit_rules.skip_expressions = perl_expressions(value);
  else if (name == "RESOURCE_LOCK")
    test.locks = texts_of(value);
  else if (name == "LABELS")
    test.tags = texts_of(value);
  else if (name == "DEPENDS")
    test.depends = texts_of(value);
  else if (name == "REQUIRED_FILES")
    test.required_files = texts_of(value);
  else if (name == "FIXTURES_REQUIRED")
    test.fixtures_required = texts_of(value);
  else if (name == "FIXTURES_SETUP")
    test.fixtures_setup = texts_of(value);
  else if (name == "FIXTURES_CLEANUP")
    test.fixtures_cleanup = texts_of(value);
  else if (name == "ENVIRONMENT") {
    for (const std::string& entry : texts_of(value))
      if (const std::size_t equals = entry.find('='); equals != std::string::npos)
        test.environment.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  } else if (name == "ENVIRONMENT_MODIFICATION")
    modifications = texts_of(value);
  else
    take_limits(test, name, value);
}

const json* find(const json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

Test test_of(const json& entry, const std::string& directory, ListingBuilder& listing) {
  Test test;
  if (const json* name = find(entry, "name"); name != nullptr && name->is_string())
    test.name = name->get<std::string>();
  if (const json* command = find(entry, "command")) test.command = texts_of(*command);
  std::vector<std::string> modifications;
  if (const json* properties = find(entry, "properties"); properties != nullptr && properties->is_array()) {
    for (const json& property : *properties) {
      const json* name = find(property, "name");
      const json* value = find(property, "value");
      if (name != nullptr && name->is_string() && value != nullptr)
        take_property(test, name->get<std::string>(), *value, directory, modifications);
    }
  }
  if (!test.command.empty() && !modifications.empty()) {
    const ModifiedCommand modified = with_modified_environment(test.command, modifications);
    test.command = modified.command;
    for (const std::string& problem : modified.problems) listing.problem(test.name + ": " + problem);
  }
  return test;
}

using Names = std::unordered_set<std::string_view>;

/// What a test is to fixtures. The names are those of the test, which outlives this.
struct Fixtures {
  explicit Fixtures(const Test& test)
      : setup(test.fixtures_setup.begin(), test.fixtures_setup.end()),
        required(test.fixtures_required.begin(), test.fixtures_required.end()),
        cleanup(test.fixtures_cleanup.begin(), test.fixtures_cleanup.end()) {}
  Names setup, required, cleanup;
};

/// Looks the fewer up among the more: the lists are as long as the project, or a hostile test, pleases.
bool share_any(const Names& left, const Names& right) {
  const Names& fewer = left.size() < right.size() ? left : right;
  const Names& more = left.size() < right.size() ? right : left;
  return std::any_of(fewer.begin(), fewer.end(), [&](std::string_view name) { return more.contains(name); });
}

/// CTest writes the order that fixtures imply into DEPENDS. The fixtures say more (set-up in every clone that
/// needs it), so what they imply is taken out again.
void drop_implied_dependencies(std::vector<Test>& tests) {
  std::unordered_map<std::string_view, Fixtures> by_name;
  for (const Test& test : tests) by_name.try_emplace(test.name, test);
  for (Test& test : tests) {
    const Fixtures own(test);
    if (own.required.empty() && own.cleanup.empty()) continue;
    Names seen;
    std::erase_if(test.depends, [&](const std::string& name) {
      const auto found = by_name.find(name);
      if (found == by_name.end()) return false;
      if (!seen.insert(found->first).second) return true;
      const Fixtures& other = found->second;
      return share_any(other.setup, own.required) || share_any(other.setup, own.cleanup) ||
             share_any(other.required, own.cleanup);
    });
  }
}

}  // namespace

void list_ctest(std::string_view output, const std::string& directory, ListingBuilder& listing) {
  // Messages of the build system may stand in front of the document.
  const std::size_t open = output.starts_with('{') ? 0 : output.find("\n{");
  const std::optional<json> document =
      open == std::string_view::npos ? json() : parse_bounded_json(output.substr(open));
  if (!document)
    return listing.problem(fmt::format("`ctest --show-only=json-v1` printed more than {} values: list fewer tests at a "
                                       "time (arguments = [\"-L\", \"LABEL\"])", most_json_values));
  const json* entries = find(*document, "tests");
  if (entries == nullptr || !entries->is_array()) {
    if (!trim(output).empty())
      listing.problem("not what `ctest --show-only=json-v1` prints: " + printable(output.substr(0, 120)));
    else
      listing.problem("`ctest --show-only=json-v1` printed nothing (CTest 3.14 or later is needed)");
    return;
  }
  for (const json& entry : *entries) listing.add(test_of(entry, directory, listing));
  drop_implied_dependencies(listing.tests());
}

}  // namespace sharder
