#include "sharder/history/imports/known_names.hpp"

#include <algorithm>

#include "sharder/history/spellings.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

/// The parts of a known id, as far as they can be told from it: "suite/program:name".
Test test_of(const std::string& id, const std::vector<std::string>& suites) {
  Test test;
  test.id = test.name = id;
  for (const std::string& suite : suites)
    if (suites.size() > 1 && id.starts_with(suite + "/")) {
      test.suite = suite;
      test.name = id.substr(suite.size() + 1);
    }
  return test;
}

/// The name behind "program:", if there is one; "::" is pytest's.
std::optional<std::string> without_program(const std::string& name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string::npos || colon == 0 || name.compare(colon, 2, "::") == 0) return std::nullopt;
  return name.substr(colon + 1);
}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

/// "tests.test_till.TestTill" and a file "tests/test_till.py" leave "TestTill"; nothing where they do not
/// fit.
std::optional<std::string> classes_beyond(const std::string& class_name, const std::string& file) {
  const std::string module = replace_all(file.substr(0, file.size() - 3), "/", ".");
  if (class_name == module) return "";
  // Where tests lie beneath a directory that is no package, the class may begin further in.
  if (!class_name.starts_with(module + ".")) return std::nullopt;
  return class_name.substr(module.size() + 1);
}

std::string pytest_id(const std::string& file, const std::string& classes, const std::string& name) {
  return file + "::" + (classes.empty() ? "" : replace_all(classes, ".", "::") + "::") + name;
}

}  // namespace

KnownNames::KnownNames(ProjectNames names) : names_(std::move(names)) {
  const auto add = [&](const std::string& spelling, int index) {
    const auto [entry, is_new] = spellings_.try_emplace(spelling, index);
    if (!is_new && entry->second != index) entry->second = -1;
  };
  for (std::size_t i = 0; i < names_.ids.size(); ++i) {
    const auto index = static_cast<int>(i);
    const Test test = test_of(names_.ids[i], names_.suites);
    for (const std::string& spelling : spellings(test)) add(spelling, index);
    if (const auto name = without_program(test.name)) add(*name, index);
  }
  // A whole id is nobody else's, whatever others can be called.
  for (std::size_t i = 0; i < names_.ids.size(); ++i) spellings_[names_.ids[i]] = static_cast<int>(i);
}

const std::string* KnownNames::find(const std::string& spelling) const {
  const auto found = spellings_.find(spelling);
  return found == spellings_.end() || found->second < 0
             ? nullptr
             : &names_.ids[static_cast<std::size_t>(found->second)];
}

std::optional<std::string> KnownNames::python_id(const ImportedName& name) const {
  if (name.file.ends_with(".py"))
    if (const auto classes = classes_beyond(name.class_name, name.file))
      return pytest_id(name.file, *classes, name.name);
  const std::vector<std::string> parts = split(name.class_name, '.');
  for (std::size_t length = parts.size(); length > 0 && !name.class_name.empty(); --length) {
    const auto part = [&](std::size_t from, std::size_t to, std::string_view separator) {
      return join({parts.begin() + static_cast<std::ptrdiff_t>(from),
                   parts.begin() + static_cast<std::ptrdiff_t>(to)},
                  separator);
    };
    const std::string file = part(0, length, "/") + ".py";
    for (const fs::path& directory : names_.directories)
      if (is_file(directory / file)) return pytest_id(file, part(length, parts.size(), "."), name.name);
  }
  return std::nullopt;
}

std::string KnownNames::id_of(const ImportedName& name) const {
  const std::optional<std::string> python = python_id(name);
  std::vector<std::string> candidates;
  if (python) candidates.push_back(*python);
  if (!name.class_name.empty())
    for (const char* separator : {".", "::", "/", ":", "#", " "})
      candidates.push_back(name.class_name + separator + name.name);
  if (!name.file.empty()) candidates.push_back(name.file + "::" + name.name);
  candidates.push_back(name.name);
  for (const std::string& candidate : candidates)
    if (const std::string* known = find(candidate)) return *known;
  if (python) return *python;
  return name.class_name.empty() || name.class_name == name.name ? name.name
                                                                 : name.class_name + "." + name.name;
}

}  // namespace sharder
