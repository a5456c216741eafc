// Which of our tests a foreign result is of. The rule is the users' business, too: it stands in
// docs/reference/history.md.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sharder/history/imports/imported_file.hpp"

namespace sharder {

/// What a project tells of its tests' names.
struct ProjectNames {
  std::vector<std::string> ids;                    // of the tests that the history knows
  std::vector<std::string> suites;                 // of its configuration
  std::vector<std::filesystem::path> directories;  // that Python files are named from: its suites', its own
};

class KnownNames {
 public:
  explicit KnownNames(ProjectNames names);

  /// The id that the result is recorded under: that of a known test whose name it can be; else the id that a
  /// run of pytest would give it, if its class lies in a file of the project; else class and name with a dot
  /// between them.
  std::string id_of(const ImportedName& name) const;

 private:
  const std::string* find(const std::string& spelling) const;
  std::optional<std::string> python_id(const ImportedName& name) const;

  ProjectNames names_;
  /// From spelling to index into names_.ids; -1 where several tests can be called that.
  std::unordered_map<std::string, int> spellings_;
};

}  // namespace sharder
