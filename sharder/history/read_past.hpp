// Reads what a plan needs of the history: the past of one project, seen from machines of one class.
#pragma once

#include <string>
#include <vector>

#include "sharder/history/database.hpp"
#include "sharder/model/past.hpp"

namespace sharder {

/// Durations that only other host classes tell are scaled: by the median, over the tests that both classes
/// know, of how much longer one takes here; by 1 where there is no such test. Throws DatabaseError.
Past read_past(Database& database, const std::string& project, const std::string& host_class);

/// Ids of tests whose last verdict is failed, flaky, lost or not-run, in the order they were first seen.
std::vector<std::string> read_not_passed(Database& database, const std::string& project);

}  // namespace sharder
