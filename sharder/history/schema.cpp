#include "sharder/history/schema.hpp"

#include <fmt/format.h>

#include <array>

namespace sharder {
namespace {

// Numbers that only grow: a step that has been released is never edited, only followed by another.
//
// Words (outcomes, verdicts) are stored as they are written elsewhere, times in milliseconds since 1970, UTC.
// tests.runs counts the runs in which the test was tried, tests.failed_in is its value at the last failure.
constexpr const char* step_1 = R"sql(
CREATE TABLE projects(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE host_classes(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE runs(
  id INTEGER PRIMARY KEY, project INTEGER NOT NULL, run_id TEXT NOT NULL, source TEXT NOT NULL,
  host_class INTEGER NOT NULL, started INTEGER NOT NULL, base TEXT NOT NULL, test_order TEXT NOT NULL,
  workers INTEGER NOT NULL, seed INTEGER NOT NULL, exit_status INTEGER, makespan REAL,
  UNIQUE(project, run_id));
CREATE TABLE tests(
  id INTEGER PRIMARY KEY, project INTEGER NOT NULL, name TEXT NOT NULL, imported INTEGER NOT NULL,
  last_verdict TEXT NOT NULL, last_started INTEGER NOT NULL, runs INTEGER NOT NULL, failed_in INTEGER,
  UNIQUE(project, name));
CREATE TABLE attempts(
  run INTEGER NOT NULL, test INTEGER NOT NULL, position INTEGER NOT NULL, attempt INTEGER NOT NULL,
  worker INTEGER NOT NULL, outcome TEXT NOT NULL, seconds REAL, cpu_seconds REAL, memory_bytes INTEGER,
  memory_peak_bytes INTEGER, PRIMARY KEY(run, test, position)) WITHOUT ROWID;
CREATE TABLE verdicts(
  run INTEGER NOT NULL, test INTEGER NOT NULL, verdict TEXT NOT NULL, cause TEXT NOT NULL,
  PRIMARY KEY(run, test)) WITHOUT ROWID;
CREATE TABLE models(
  project INTEGER NOT NULL, host_class INTEGER NOT NULL, test INTEGER NOT NULL, durations INTEGER NOT NULL,
  log_mean REAL NOT NULL, log_variance REAL NOT NULL, mean REAL NOT NULL, deviations INTEGER NOT NULL,
  deviations_log_sum REAL NOT NULL, deviations_sum REAL NOT NULL, longest_failure REAL NOT NULL,
  measured INTEGER NOT NULL, cpu_mean REAL NOT NULL, memory_bytes INTEGER NOT NULL,
  memory_peak_bytes INTEGER NOT NULL, PRIMARY KEY(project, host_class, test)) WITHOUT ROWID;
)sql";

// What starting a process of a suite costs: batches are cut by it.
constexpr const char* step_2 = R"sql(
CREATE TABLE process_startups(
  project INTEGER NOT NULL, host_class INTEGER NOT NULL, suite TEXT NOT NULL, seconds REAL NOT NULL,
  PRIMARY KEY(project, host_class, suite)) WITHOUT ROWID;
)sql";

// How a list of tests was divided for --partition: parts, in the alphabetical order of the ids.
constexpr const char* step_3 = R"sql(
CREATE TABLE partitions(
  id INTEGER PRIMARY KEY, project TEXT NOT NULL, parts INTEGER NOT NULL, tests TEXT NOT NULL, division TEXT NOT NULL,
  UNIQUE(project, parts, tests));
)sql";

constexpr std::array<const char*, newest_schema> steps{step_1, step_2, step_3};

}  // namespace

SchemaState schema_state(Database& database) {
  const std::int64_t application = database.number("PRAGMA application_id");
  const std::int64_t version = database.number("PRAGMA user_version");
  if (application != history_application_id) {
    const bool empty =
        application == 0 && version == 0 && database.number("SELECT count(*) FROM sqlite_schema") == 0;
    return empty ? SchemaState::older : SchemaState::foreign;
  }
  if (version > newest_schema) return SchemaState::newer;
  return version == newest_schema ? SchemaState::usable : SchemaState::older;
}

void migrate(Database& database) {
  Transaction transaction(database);
  // Asked again under the lock: another run may have been quicker.
  const auto version = static_cast<std::size_t>(database.number("PRAGMA user_version"));
  for (std::size_t step = version; step < steps.size(); ++step) database.execute(steps[step]);
  database.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", history_application_id,
                               newest_schema));
  transaction.commit();
}

}  // namespace sharder
