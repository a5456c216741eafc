// Frameworks as data: the presets and the user's [framework.NAME] tables, read into FrameworkConfig. Says
// what is wrong with one; knows none by name.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sharder/config/config.hpp"
#include "sharder/config/table_reader.hpp"

namespace sharder {

/// The keys of a preset or a [framework.NAME], over what `framework` has already.
void read_framework(const toml::table& table, const std::string& name, DiagnosticSink& sink,
                    FrameworkConfig& framework);

/// `list` and `run`, which a suite may have too.
void read_framework_commands(TableReader& reader, FrameworkConfig& framework);

/// What is missing, or cannot work together. `where` is the table to blame, `name` how it is called.
void check_framework(const FrameworkConfig& framework, const toml::source_region& where,
                     const std::string& name, DiagnosticSink& sink);

class Frameworks {
 public:
  /// Knows the presets. A mistake in one of these is a bug, and asserted.
  Frameworks();

  /// A `framework` table of sharder.toml, or of a profile: `prefix` is "" or "profile.NAME.".
  void read(const toml::table& table, const std::string& prefix, DiagnosticSink& sink);
  /// Once everything is read: the user's own ones must be whole.
  void check(DiagnosticSink& sink) const;

  const FrameworkConfig* find(const std::string& name) const;
  std::vector<std::string> names() const;

 private:
  std::map<std::string, FrameworkConfig> frameworks_;
  std::map<std::string, toml::source_region> users_;  // where the user's own ones begin
};

}  // namespace sharder
