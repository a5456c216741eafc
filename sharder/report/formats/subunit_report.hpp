// Results as subunit streams, a test at a time so that they can be written while the run lasts: version 2 for
// testr and stestr, version 1 for buildbot. Only the verdict is told as a result; attempts are attachments.
#pragma once

#include <string>

#include "sharder/report/run_record.hpp"

namespace sharder {

/// Packets for a test that has its verdict, or whose run has ended.
std::string subunit2_of(const RunRecord::TestRecord& test);
std::string subunit1_of(const RunRecord::TestRecord& test);

/// What precedes the first test in version 1: how many tests to expect, from which buildbot reckons its ETA.
std::string subunit1_head(std::size_t tests);

}  // namespace sharder
