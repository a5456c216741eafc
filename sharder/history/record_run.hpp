// What one run adds to the history: its attempts as they were, and what they teach of each test.
#pragma once

#include "sharder/history/database.hpp"
#include "sharder/history/recorded_run.hpp"

namespace sharder {

/// In one transaction. False, and nothing changed, where the project has a run of this id. Throws
/// DatabaseError.
bool record_run(Database& database, const RecordedRun& run);

}  // namespace sharder
