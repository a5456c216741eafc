// Reads [suite.NAME] tables, file's and profile's, into whole suites: with the framework's own settings in
// force.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "sharder/config/config.hpp"
#include "sharder/config/frameworks.hpp"
#include "sharder/config/table_reader.hpp"

namespace sharder {

/// The tables that speak of one suite, weakest first, each with its name in messages.
struct SuiteSource {
  std::string name;
  std::vector<std::pair<const toml::table*, std::string>> tables;
};

/// Adds the tables of a `suite` table, new suites in the order of the file. `prefix` is "" or
/// "profile.NAME.".
void collect_suites(const toml::table& table, const std::string& prefix, DiagnosticSink& sink,
                    std::vector<SuiteSource>& suites);

/// Where suites are, and what is known of frameworks.
struct SuiteSurroundings {
  const Frameworks& frameworks;
  std::filesystem::path project;  // absolute
  std::string shown_project;      // before file names in messages: "", "../"
};

SuiteConfig read_suite(const SuiteSource& source, const SuiteSurroundings& surroundings,
                       DiagnosticSink& sink);

/// The suite that a .testr.conf or .stestr.conf in the project's directory makes by itself.
SuiteConfig suite_of_testr_file(const SuiteSurroundings& surroundings, Diagnostics& diagnostics);

}  // namespace sharder
