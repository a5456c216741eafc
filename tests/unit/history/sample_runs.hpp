// Runs for the tests of the history, in a few words each, and a history in a directory that goes with the
// test.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "sharder/history/history.hpp"
#include "sharder/support/errors.hpp"
#include "tests/unit/report/temporary_directory.hpp"

namespace sharder {

/// Noon of 2026-11-22, UTC, and so many days later.
std::chrono::system_clock::time_point day(int number);

/// A run of project "p" on host class `host_class`, made on day `number`, without tests.
RecordedRun run_of_day(int number, const std::string& host_class = "box");

RecordedAttempt attempt_with(int number, Outcome outcome, double seconds);

/// A test with these attempts, numbered and placed in their order.
RecordedTest test_with(const std::string& id, Verdict verdict, std::vector<RecordedAttempt> attempts);
RecordedTest passed_test(const std::string& id, double seconds);

class HistoryTest : public testing::Test {
 protected:
  std::filesystem::path file() const { return directory_ / "state/history.db"; }
  /// Fails the test where there is a notice.
  std::unique_ptr<History> open() const;
  OpenedHistory open_with_notices() const;
  /// Through another connection, as somebody else would.
  void execute(const std::string& sql) const;
  std::int64_t number(const std::string& sql) const;
  /// Names in the history's directory.
  std::vector<std::string> files() const;

  TemporaryDirectory directory_;
};

}  // namespace sharder
