// Reads what stays of a run that is to go on from its directory.
#pragma once

#include <filesystem>
#include <vector>

#include "sharder/model/earlier_run.hpp"
#include "sharder/report/journal/journal_reader.hpp"

namespace sharder {

/// Of all parts so far.
EarlierRun earlier_run(const JournalContent& journal);

/// With the output of the attempts. Throws SystemError or ConfigError.
EarlierRun read_earlier_run(const std::filesystem::path& directory);

}  // namespace sharder
