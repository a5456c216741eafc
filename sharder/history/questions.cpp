#include "sharder/history/questions.hpp"

namespace sharder {
namespace {

std::chrono::system_clock::time_point time_of(std::int64_t milliseconds) {
  return std::chrono::system_clock::time_point(std::chrono::milliseconds(milliseconds));
}

constexpr const char* attempt_columns =
    "runs.run_id, runs.source, runs.started, host_classes.name, runs.base, runs.test_order, runs.workers, "
    "runs.seed, "
    "tests.name, verdicts.verdict, verdicts.cause, attempts.position, attempts.attempt, attempts.worker, "
    "attempts.outcome, "
    "attempts.seconds, attempts.cpu_seconds, attempts.memory_bytes, attempts.memory_peak_bytes ";

// CROSS JOIN is SQLite's word for "in this order": run by run, each attempt found by the run's key.
constexpr const char* attempt_tables =
    "FROM runs CROSS JOIN attempts ON attempts.run = runs.id CROSS JOIN tests ON tests.id = attempts.test "
    "CROSS JOIN verdicts ON verdicts.run = runs.id AND verdicts.test = attempts.test "
    "CROSS JOIN host_classes ON host_classes.id = runs.host_class ";

constexpr const char* project_of_runs = "runs.project = (SELECT id FROM projects WHERE name = ?) ";

PastAttempt read_attempt(const Statement& row) {
  PastAttempt past;
  past.run_id = row.text(0);
  past.source = row.text(1);
  past.started = time_of(row.integer(2));
  past.conditions.host_class = row.text(3);
  past.conditions.base = row.text(4);
  past.conditions.order = row.text(5);
  past.conditions.workers = static_cast<int>(row.integer(6));
  past.conditions.seed = static_cast<std::uint64_t>(row.integer(7));
  past.test = row.text(8);
  past.verdict = verdict_from(row.text(9)).value_or(Verdict::lost);
  past.cause = row.text(10);
  RecordedAttempt& attempt = past.attempt;
  attempt.position = static_cast<int>(row.integer(11));
  attempt.attempt = static_cast<int>(row.integer(12));
  attempt.worker = static_cast<int>(row.integer(13));
  attempt.outcome = outcome_from(row.text(14)).value_or(Outcome::lost);
  if (!row.is_null(15)) attempt.duration = Seconds(row.real(15));
  if (row.is_null(16)) return past;
  Usage usage;
  usage.cpu_seconds = row.real(16);
  usage.memory_bytes = static_cast<std::uint64_t>(row.integer(17));
  usage.memory_peak_bytes = static_cast<std::uint64_t>(row.integer(18));
  attempt.usage = usage;
  return past;
}

std::vector<std::string> names(Statement& statement) {
  std::vector<std::string> all;
  while (statement.step()) all.emplace_back(statement.text(0));
  return all;
}

}  // namespace

std::vector<std::string> known_projects(Database& database) {
  Statement projects(database, "SELECT name FROM projects ORDER BY name");
  return names(projects);
}

std::vector<std::string> test_ids(Database& database, const std::string& project) {
  Statement tests(
      database,
      "SELECT name FROM tests WHERE project = (SELECT id FROM projects WHERE name = ?) ORDER BY id");
  return names(tests.bind(project));
}

std::vector<Troubles> flaky_tests(Database& database, const std::string& project) {
  // With max() in it, SQLite takes the other columns (the cause) from the row that has the maximum.
  Statement rows(
      database,
      std::string("SELECT tests.name, count(*), sum(verdict = 'flaky'), sum(verdict = 'failed'), "
                  "max(CASE verdict WHEN 'flaky' THEN runs.started END), cause "
                  "FROM runs JOIN verdicts ON verdicts.run = runs.id JOIN tests ON tests.id = verdicts.test "
                  "WHERE ") +
          project_of_runs +
          "GROUP BY verdicts.test HAVING sum(verdict = 'flaky') > 0 "
          "ORDER BY 1.0 * sum(verdict = 'flaky') / count(*) DESC, count(*) DESC, tests.name");
  rows.bind(project);
  std::vector<Troubles> tests;
  while (rows.step())
    tests.push_back({std::string(rows.text(0)), static_cast<int>(rows.integer(1)),
                     static_cast<int>(rows.integer(2)), static_cast<int>(rows.integer(3)),
                     time_of(rows.integer(4)), std::string(rows.text(5))});
  return tests;
}

std::vector<PastAttempt> attempts_of(Database& database, const std::string& project, const std::string& test,
                                     int most) {
  Statement rows(database,
                 std::string("SELECT ") + attempt_columns + attempt_tables + "WHERE " + project_of_runs +
                     "AND attempts.test = (SELECT id FROM tests WHERE project = runs.project AND name = ?) "
                     "ORDER BY runs.started DESC, runs.id DESC, attempts.position LIMIT ?");
  rows.bind(project, test, most);
  std::vector<PastAttempt> attempts;
  while (rows.step()) attempts.push_back(read_attempt(rows));
  return attempts;
}

void for_each_attempt(Database& database, const std::string& project,
                      const std::function<void(const PastAttempt&)>& take) {
  Statement runs(database,
                 std::string("SELECT id FROM runs WHERE ") + project_of_runs + "ORDER BY started, id");
  // Run by run, for a sort of all attempts would take as much memory as the file has.
  Statement rows(database, std::string("SELECT ") + attempt_columns + attempt_tables +
                               "WHERE runs.id = ? ORDER BY attempts.position");
  runs.bind(project);
  while (runs.step()) {
    rows.bind(runs.integer(0));
    while (rows.step()) take(read_attempt(rows));
  }
}

Pruned prune(Database& database, const std::string& project, int runs_to_keep) {
  Pruned pruned;
  Transaction transaction(database);
  Statement runs(database,
                 std::string("SELECT id FROM runs WHERE ") + project_of_runs +
                     "AND EXISTS(SELECT 1 FROM verdicts WHERE run = runs.id) ORDER BY started DESC, id DESC");
  runs.bind(project);
  std::vector<std::int64_t> ids;
  while (runs.step()) ids.push_back(runs.integer(0));
  Statement attempts(database, "DELETE FROM attempts WHERE run = ?"),
      verdicts(database, "DELETE FROM verdicts WHERE run = ?");
  for (std::size_t i = static_cast<std::size_t>(runs_to_keep); i < ids.size(); ++i) {
    attempts.bind(ids[i]).run();
    pruned.attempts += database.changed_rows();
    verdicts.bind(ids[i]).run();
    ++pruned.runs;
  }
  transaction.commit();
  pruned.kept = static_cast<int>(ids.size()) - pruned.runs;
  if (pruned.runs > 0) database.execute("VACUUM");
  return pruned;
}

}  // namespace sharder
