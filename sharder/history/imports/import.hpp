// Takes the results that a file or a run's directory holds into the history.
#pragma once

#include <filesystem>
#include <string>

#include "sharder/history/history.hpp"
#include "sharder/history/imports/known_names.hpp"

namespace sharder {

/// What an import did, for a person to read.
struct ImportReport {
  std::string format;
  std::size_t tests = 0, attempts = 0;
  std::size_t durations = 0;  // of passes: what the estimates are made of
  std::size_t new_tests = 0, passed_over = 0;
  bool known_already = false;  // the same file, or the report of a run that is recorded: nothing was done
};

/// Whose names the project's results go by.
struct ImportTarget {
  std::string project;
  std::vector<std::string> suites;
  std::vector<std::filesystem::path> directories;
};

/// All of the file or nothing. JUnit, CTRF, subunit (version 1 or 2), or journal.ndjson or its directory: the
/// content tells. Throws UsageError for what cannot be read, SystemError, DatabaseError.
ImportReport import_results(History& history, const ImportTarget& target, const std::filesystem::path& path);

}  // namespace sharder
