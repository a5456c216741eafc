// Results of another runner, or of an earlier run of ours, as their file tells them: before anybody knows
// which tests of ours they are. One reader per format; none throws for what stands in a file.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sharder/history/recorded_run.hpp"

namespace sharder {

/// What a file calls a test. Formats that know only one name leave the others empty.
struct ImportedName {
  std::string name;
  std::string class_name;  // JUnit's; CTRF's suite
  std::string file;
};

struct ImportedTest {
  ImportedName name;
  std::vector<RecordedAttempt> attempts;  // oldest first
};

struct ImportedFile {
  std::string format;  // "JUnit", "CTRF", "subunit"
  std::string run_id;  // "" unless it is the report of a run of ours
  std::optional<std::chrono::system_clock::time_point> started;
  std::vector<ImportedTest> tests;
  std::size_t passed_over = 0;  // entries without a name or with an outcome that nobody knows
  std::string refusal;          // why nothing can be taken from it, with the place; "" where something can
};

/// Longer than any test takes: such a number is no duration.
inline constexpr Seconds longest_duration{3.2e9};

ImportedFile read_junit(std::string_view text);
ImportedFile read_ctrf(std::string_view text);
ImportedFile read_subunit(std::string_view text);

/// "2026-11-22T07:19:48.725", with a blank for the T, with a zone ("Z", "+01:00") or without (then UTC).
std::optional<std::chrono::system_clock::time_point> parse_timestamp(std::string_view text);

}  // namespace sharder
