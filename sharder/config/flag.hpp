// A flag as data: how it is spelt, what it takes, what it does to the command line. The parser, the help and
// the environment (SHARDER_RUN_*) all read the same table, so they cannot disagree.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sharder/config/command_line.hpp"

namespace sharder {

struct Flag {
  std::string name;   // "reruns": --reruns, SHARDER_RUN_RERUNS
  char letter = 0;    // 'j': -j; 0: none
  std::string value;  // "N"; "": takes none; "[=N]": may be given, after '=' only
  std::string group;  // headline in the help
  std::string help;
  std::string expects;  // what a value looks like, for errors; from `choices` where these are given
  std::vector<std::string> choices;  // the only values
  bool repeatable = false;
  /// Stores a value ("" for a flag without); false where it makes no sense.
  bool (*store)(CommandLine&, const std::string&) = nullptr;

  bool takes_value() const { return !value.empty(); }
  bool value_is_optional() const { return value.starts_with("["); }
};

/// The flags of `run`, in the order of the help.
const std::vector<Flag>& run_flags();

/// The flag of `run` with that name, which must exist.
const Flag& run_flag(const std::string& name);

/// Stores `value`; `source` is how the user named the flag ("--reruns", "SHARDER_RUN_RERUNS"). Throws
/// UsageError.
void store_flag(const Flag& flag, CommandLine& line, const std::string& value, const std::string& source);

}  // namespace sharder
