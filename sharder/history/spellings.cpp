#include "sharder/history/spellings.hpp"

#include <algorithm>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

void add(std::vector<std::string>& names, std::string name, const std::string& id) {
  if (name.empty() || name == id || std::find(names.begin(), names.end(), name) != names.end()) return;
  names.push_back(std::move(name));
}

}  // namespace

std::vector<std::string> spellings(const Test& test) {
  std::vector<std::string> names;
  if (!test.suite.empty() && test.id.starts_with(test.suite + "/"))
    add(names, test.id.substr(test.suite.size() + 1), test.id);
  add(names, test.name, test.id);
  // A parameter in brackets may hold anything, "::" too.
  const std::string_view name = test.name;
  const std::size_t last = name.substr(0, name.find('[')).rfind("::");
  if (last == std::string::npos) return names;
  std::string path = replace_all(test.name.substr(0, last), "::", "/");
  path = replace_all(replace_all(std::move(path), ".py/", "/"), "/", ".");
  if (path.ends_with(".py")) path.resize(path.size() - 3);
  const std::string own_name = test.name.substr(last + 2);
  add(names, path + "::" + own_name, test.id);
  add(names, path + "." + own_name, test.id);
  return names;
}

void adopt_spellings(Past& past, const std::vector<Test>& listed) {
  if (past.tests.empty()) return;
  for (const Test& test : listed) {
    if (past.tests.contains(test.id)) continue;
    for (const std::string& spelling : spellings(test)) {
      const auto known = past.tests.find(spelling);
      if (known == past.tests.end()) continue;
      const PastTest copy = known->second;
      past.tests.emplace(test.id, copy);
      break;
    }
  }
}

}  // namespace sharder
