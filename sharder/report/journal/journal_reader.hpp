// Reads a journal back into the events that were written. A run may have been killed in mid-line, and several
// runs may have written to one journal (resume): bad lines are passed over, tests keep their first position.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

#include "sharder/model/event.hpp"

namespace sharder {

struct JournalContent {
  std::vector<Event> events;  // a test that is listed again is not repeated
  std::size_t bad_lines = 0;  // torn, not JSON, or of an event or a test that nobody knows
  std::uint64_t last_sequence = 0;  // of all lines, also of the tests that are listed again
};

/// Never throws on bad content.
JournalContent parse_journal(std::string_view text);

/// Throws SystemError when the file cannot be read, ConfigError when it is of a newer format.
JournalContent read_journal_content(const std::filesystem::path& path);
/// Its events alone.
std::vector<Event> read_journal(const std::filesystem::path& path);

/// The journal of a run's directory, with the output of every attempt taken from its log where there is one:
/// what reports are rebuilt from. Throws like read_journal.
JournalContent read_run(const std::filesystem::path& directory);

}  // namespace sharder
