// What must be true of the files of every run, whatever happened in it.
#pragma once

#include <filesystem>

namespace sharder::end_to_end {

/// Fails the test unless journal.ndjson, results.json, junit.xml and trace.json are well-formed, whole, and
/// tell the same tests and verdicts. `finished`: the run came to its end by itself (it was not killed).
void expect_consistent_reports(const std::filesystem::path& run_directory, bool finished = true);

}  // namespace sharder::end_to_end
