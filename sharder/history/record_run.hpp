// What one run adds to the history: its attempts as they were, and what they teach of each test.
#pragma once

#include "sharder/history/database.hpp"
#include "sharder/history/recorded_run.hpp"

namespace sharder {

/// In one transaction. Of a run that is recorded and went on, what is new. False, and nothing changed, where nothing
/// is. Throws DatabaseError.
bool record_run(Database& database, const RecordedRun& run);

}  // namespace sharder
