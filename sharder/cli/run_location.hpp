// Where a run lies that is named on the command line: by its id, its directory, or "latest".
#pragma once

#include <filesystem>
#include <string>

#include "sharder/config/command_line.hpp"

namespace sharder {

/// The project of a run that is named by its id: beside --config, else the nearest directory above that has runs; here
/// where there is none.
std::filesystem::path project_with_runs(const RunOptions& options);

/// The run's directory. Throws UsageError where there is none with a journal.
std::filesystem::path find_run(const std::string& run, const RunOptions& options);

/// The journal of such a run; `run` may also name the journal itself.
std::filesystem::path find_journal(const std::string& run, const RunOptions& options);

}  // namespace sharder
