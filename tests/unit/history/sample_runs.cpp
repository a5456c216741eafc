#include "tests/unit/history/sample_runs.hpp"

#include <algorithm>

#include "sharder/history/database.hpp"

namespace sharder {

std::chrono::system_clock::time_point day(int number) {
  return std::chrono::system_clock::from_time_t(1795348800) + std::chrono::hours(24 * number);
}

RecordedRun run_of_day(int number, const std::string& host_class) {
  RecordedRun run;
  run.conditions = {"p", host_class, "host", "auto", 4, 42};
  run.run_id = "run-" + std::to_string(number) + "-" + host_class;
  run.started = day(number);
  run.exit_status = 0;
  run.makespan = Seconds(60);
  return run;
}

RecordedAttempt attempt_with(int number, Outcome outcome, double seconds) {
  RecordedAttempt attempt;
  attempt.attempt = number;
  attempt.outcome = outcome;
  attempt.duration = Seconds(seconds);
  return attempt;
}

RecordedTest test_with(const std::string& id, Verdict verdict, std::vector<RecordedAttempt> attempts) {
  RecordedTest test;
  test.id = id;
  test.verdict = verdict;
  test.attempts = std::move(attempts);
  for (std::size_t i = 0; i < test.attempts.size(); ++i) test.attempts[i].position = static_cast<int>(i);
  return test;
}

RecordedTest passed_test(const std::string& id, double seconds) {
  return test_with(id, Verdict::passed, {attempt_with(1, Outcome::passed, seconds)});
}

std::unique_ptr<History> HistoryTest::open() const {
  OpenedHistory opened = open_with_notices();
  for (const std::string& notice : opened.notices) ADD_FAILURE() << notice;
  EXPECT_TRUE(opened.history);
  return std::move(opened.history);
}

OpenedHistory HistoryTest::open_with_notices() const {
  HistorySettings settings;
  settings.patience = std::chrono::milliseconds(0);
  return open_history(file(), settings);
}

void HistoryTest::execute(const std::string& sql) const {
  Database(file(), Database::Access::read_write, 0).execute(sql);
}

std::int64_t HistoryTest::number(const std::string& sql) const {
  return Database(file(), Database::Access::read_write, 0).number(sql);
}

std::vector<std::string> HistoryTest::files() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(file().parent_path()))
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace sharder
