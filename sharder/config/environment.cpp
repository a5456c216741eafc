#include "sharder/config/environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "sharder/config/flag.hpp"
#include "sharder/config/values.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr std::string_view prefix = "SHARDER_RUN_";
constexpr int most_shards = 100'000;

void add_error(Diagnostics& diagnostics, std::string message, std::string hint) {
  diagnostics.push_back({.severity = Diagnostic::Severity::error,
                         .file = "environment",
                         .message = std::move(message),
                         .hint = std::move(hint)});
}

std::string value_of_variable(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

/// Flags that may be given several times take a list here, as the command line does in several words.
void store_variable(const Flag& flag, const std::string& variable, const std::string& value,
                    CommandLine& line) {
  if (!flag.repeatable) return store_flag(flag, line, value, variable);
  for (const std::string& each : split(value, ',')) store_flag(flag, line, std::string(trim(each)), variable);
}

void apply_variable(const std::string& variable, const std::string& value, CommandLine& line,
                    Diagnostics& diagnostics) {
  const std::vector<Flag>& flags = run_flags();
  const auto flag = std::find_if(flags.begin(), flags.end(),
                                 [&](const Flag& each) { return variable_for_flag(each.name) == variable; });
  if (flag == flags.end()) {
    std::vector<std::string> known;
    for (const Flag& each : flags) known.push_back(variable_for_flag(each.name));
    const std::string near = probably_meant(variable, known);
    add_error(diagnostics, fmt::format("unknown variable {}", variable),
              near.empty() ? fmt::format("after {} comes a flag of `sharder run` in capitals", prefix)
                           : fmt::format("did you mean {}?", near));
    return;
  }
  const std::vector<std::string>& given = line.options.given;
  if (value.empty() || std::find(given.begin(), given.end(), flag->name) != given.end()) return;
  try {
    store_variable(*flag, variable, value, line);
  } catch (const UsageError& refused) {
    add_error(diagnostics, refused.what(), refused.hint());
  }
}

}  // namespace

std::string variable_for_flag(const std::string& flag) {
  std::string variable(prefix);
  for (const char c : flag)
    variable += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return variable;
}

void apply_environment(const Environment& environment, CommandLine& line, Diagnostics& diagnostics) {
  for (const auto& [variable, value] : environment) {
    // A test sees SHARDER_RUN_ID; where it starts a sharder of its own, that is no flag.
    if (!variable.starts_with(prefix) || variable == "SHARDER_RUN_ID") continue;
    apply_variable(variable, value, line, diagnostics);
  }
  if (!line.options.color && !value_of_variable(environment, "NO_COLOR").empty())
    line.options.color = "never";
}

void apply_outer_shards(const Environment& environment, bool partition_given, Config& config,
                        Diagnostics& diagnostics) {
  for (const std::string outer : {"GTEST", "TEST"}) {
    const std::string status_file = value_of_variable(environment, outer + "_SHARD_STATUS_FILE");
    if (!status_file.empty()) config.shard_status_files.emplace_back(status_file);
    const std::string total = value_of_variable(environment, outer + "_TOTAL_SHARDS");
    if (total.empty() || partition_given) continue;
    const auto of = parse_number(total, 1, most_shards);
    const std::string index = value_of_variable(environment, outer + "_SHARD_INDEX");
    const auto number = of ? parse_number(index, 0, *of - 1) : std::nullopt;
    if (!number) {
      add_error(diagnostics,
                fmt::format("{0}_TOTAL_SHARDS=\"{1}\" and {0}_SHARD_INDEX=\"{2}\" are no shard", outer, total,
                            index),
                "a number from 1, and an index from 0 below it; or unset both");
      continue;
    }
    config.run.partition = static_cast<int>(*number) + 1;
    config.run.partitions = static_cast<int>(*of);
    partition_given = true;
  }
}

}  // namespace sharder
