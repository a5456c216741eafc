-- A history as the first version of its tables was, with one run of three tests on a machine of class "box".
PRAGMA application_id = 1936221298;
PRAGMA user_version = 1;
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
INSERT INTO projects VALUES(1, 'p');
INSERT INTO host_classes VALUES(1, 'box');
INSERT INTO runs VALUES(1, 1, 'run-of-old', 'run', 1, 1795000000000, 'host', 'auto', 2, 7, 1, 12.5);
INSERT INTO tests VALUES(1, 1, 'good', 0, 'passed', 1795000000000, 1, NULL);
INSERT INTO tests VALUES(2, 1, 'bad', 0, 'failed', 1795000000000, 1, 1);
INSERT INTO tests VALUES(3, 1, 'unsure', 0, 'flaky', 1795000000000, 1, 1);
INSERT INTO attempts VALUES(1, 1, 0, 1, 0, 'passed', 2.0, 1.5, 1000, 2000);
INSERT INTO attempts VALUES(1, 2, 1, 1, 1, 'failed', 3.0, 0.5, 1000, 2000);
INSERT INTO attempts VALUES(1, 3, 2, 1, 0, 'failed', 0.1, 0.1, 1000, 2000);
INSERT INTO attempts VALUES(1, 3, 3, 2, 1, 'passed', 0.2, 0.1, 1000, 2000);
INSERT INTO verdicts VALUES(1, 1, 'passed', '');
INSERT INTO verdicts VALUES(1, 2, 'failed', 'deterministic');
INSERT INTO verdicts VALUES(1, 3, 'flaky', 'unknown');
INSERT INTO models VALUES(1, 1, 1, 1, 0.693147180559945, 0.04, 2.0, 0, 0, 0, 0, 1, 1.5, 1000, 2000);
INSERT INTO models VALUES(1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 3.0, 0, 0, 1000, 2000);
INSERT INTO models VALUES(1, 1, 3, 1, -1.6094379124341, 0.04, 0.2, 0, 0, 0, 0.1, 1, 0.1, 1000, 2000);
