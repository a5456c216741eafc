// Reads what stays of a run that is to go on from its directory.
#pragma once

#include <filesystem>
#include <vector>

#include "sharder/model/earlier_run.hpp"

namespace sharder {

/// Of the events of all parts so far, as read_journal() gives them.
EarlierRun earlier_run(const std::vector<Event>& events);

/// With the output of the attempts. Throws SystemError or ConfigError.
EarlierRun read_earlier_run(const std::filesystem::path& directory);

}  // namespace sharder
