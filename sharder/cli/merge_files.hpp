// The files that merged runs left: their logs are read, their artifacts copied. The runs may have been made elsewhere
// and by anybody: only regular files below their directories count, and only so many.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sharder/report/merge/sources.hpp"

namespace sharder {

/// What an attempt wrote, as its log has it; "" where there is none. A log is cut where no run writes so much.
std::string output_of(const SourceRun& source, const std::string& test, int attempt);

/// Copies what the run collected to TARGET/RUN. Returns what went wrong on the way.
std::vector<std::string> copy_artifacts(const SourceRun& source, const std::filesystem::path& target);

}  // namespace sharder
