// Reads one TOML table key by key: says what is wrong with a value where it stands, and in the end which keys
// nobody asked for. What the keys mean is their reader's affair. For this room only: TOML++ ends here.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sharder/config/diagnostic.hpp"
#include "sharder/support/time_source.hpp"

namespace sharder {

/// Where diagnostics of one file go.
class DiagnosticSink {
 public:
  DiagnosticSink(std::string file, Diagnostics& diagnostics)
      : file_(std::move(file)), diagnostics_(diagnostics) {}

  void error(const toml::source_region& where, std::string message, std::string hint = {});
  void warning(const toml::source_region& where, std::string message, std::string hint = {});
  /// About the file as a whole.
  void notice(std::string message, std::string hint = {});
  const std::string& file() const { return file_; }
  Diagnostics& diagnostics() { return diagnostics_; }

 private:
  void add(Diagnostic::Severity severity, const toml::source_region& where, std::string message,
           std::string hint);

  std::string file_;
  Diagnostics& diagnostics_;
};

using TextPairs = std::vector<std::pair<std::string, std::string>>;

class TableReader {
 public:
  /// `name` as the user knows the table: "[suite.unit]", "" for the file's top. Both outlive the reader.
  TableReader(const toml::table& table, std::string name, DiagnosticSink& sink)
      : table_(table), name_(std::move(name)), sink_(sink) {}

  // Each gives nothing where the key is absent, or wrong, which it has then reported.
  std::optional<std::string> text(const std::string& key);
  std::optional<std::string> word(const std::string& key, const std::vector<std::string>& words);
  std::optional<bool> boolean(const std::string& key);
  std::optional<std::int64_t> integer(const std::string& key, std::int64_t lowest, std::int64_t highest);
  std::optional<std::vector<std::string>> texts(const std::string& key);
  /// A string or an array of strings.
  std::optional<std::vector<std::string>> text_or_texts(const std::string& key);
  std::optional<std::vector<int>> integers(const std::string& key, std::int64_t lowest, std::int64_t highest);
  /// A command line, or several; quotes must be closed.
  std::optional<std::vector<std::string>> commands(const std::string& key);
  std::optional<std::string> command(const std::string& key);
  /// "90s", or a number of seconds; above zero.
  std::optional<Seconds> duration(const std::string& key);
  /// "1MiB", or a number of bytes.
  std::optional<std::uint64_t> size(const std::string& key);
  /// The same, with "auto" as an inner nothing.
  std::optional<std::optional<std::uint64_t>> size_or_auto(const std::string& key);
  std::optional<TextPairs> text_pairs(const std::string& key);
  std::optional<std::string> date(const std::string& key);
  /// `header` is what to write above it; whoever writes [[suite]] is told.
  const toml::table* table(const std::string& key, const std::string& header = {});
  std::vector<const toml::table*> tables(const std::string& key);
  /// For values of several types; the caller reports.
  const toml::node* node(const std::string& key);

  /// `"KEY" in [TABLE] is FOUND, expected EXPECTED`, at the value.
  void wrong(const std::string& key, const std::string& expected, const std::string& hint = {});
  /// Anything else about a key, or about the table where it does not have the key.
  void error(const std::string& key, const std::string& message, const std::string& hint = {});
  /// Says which of the table's keys were never asked for. `extra_hint(key)` may know better than a near
  /// spelling.
  void finish(std::string (*extra_hint)(const std::string& key) = nullptr);

  const std::string& name() const { return name_; }
  DiagnosticSink& sink() { return sink_; }
  const toml::table& raw() const { return table_; }

 private:
  std::optional<std::vector<std::string>> array_of_texts(const std::string& key, const toml::array& array);
  std::string quoted(const std::string& key) const;

  const toml::table& table_;
  std::string name_;
  DiagnosticSink& sink_;
  std::vector<std::string> known_;
};

/// Lays a value that was given over the one in force.
template <typename Target, typename Value>
void assign(Target& target, std::optional<Value> value) {
  if (value) target = std::move(*value);
}

}  // namespace sharder
