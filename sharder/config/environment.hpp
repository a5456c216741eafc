// What the environment decides: SHARDER_RUN_* for flags, NO_COLOR, and the shard variables of an outer
// runner. Pure.
#pragma once

#include <map>
#include <string>

#include "sharder/config/command_line.hpp"
#include "sharder/config/diagnostic.hpp"

namespace sharder {

using Environment = std::map<std::string, std::string>;

/// "timeout-factor" -> "SHARDER_RUN_TIMEOUT_FACTOR".
std::string variable_for_flag(const std::string& flag);

/// Sets the flags that the command line did not give. An empty value counts as not set.
void apply_environment(const Environment& environment, CommandLine& line, Diagnostics& diagnostics);

/// Makes a partition of GTEST_TOTAL_SHARDS or TEST_TOTAL_SHARDS (bazel), unless --partition was given, and
/// notes the files that say so.
void apply_outer_shards(const Environment& environment, bool partition_given, Config& config,
                        Diagnostics& diagnostics);

}  // namespace sharder
