#include "sharder/history/record_run.hpp"

#include <fmt/format.h>

#include "sharder/history/lessons.hpp"
#include "sharder/history/spellings.hpp"

namespace sharder {
namespace {

std::int64_t milliseconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

std::optional<double> seconds(std::optional<Seconds> duration) {
  return duration ? std::optional(duration->count()) : std::nullopt;
}

RecordedTest without_usage(RecordedTest test) {
  for (RecordedAttempt& attempt : test.attempts) attempt.usage.reset();
  return test;
}

class RunWriter {
 public:
  RunWriter(Database& database, const RecordedRun& run)
      : database_(database), run_(run), started_(milliseconds(run.started)), crowded_(was_crowded(run)) {}

  bool write() {
    project_ = id_of("projects", run_.conditions.project);
    host_class_ = id_of("host_classes", run_.conditions.host_class);
    if (find_run() && !goes_on_) return false;
    if (!goes_on_) insert_run();
    Statement imported(database_, "SELECT 1 FROM tests WHERE project = ? AND imported = 1 LIMIT 1");
    any_imported_ = imported.bind(project_).step();
    for (const RecordedTest& test : run_.tests) write_test(test);
    if (goes_on_ && !told_anything_) return false;
    if (goes_on_) update_run();
    write_startups();
    return true;
  }

 private:
  struct TestRow {
    std::int64_t id = 0, last_started = 0, runs = 0;
    std::string last_verdict;
    std::optional<std::int64_t> failed_in;
  };

  std::int64_t id_of(const char* table, const std::string& name) {
    Statement(database_, fmt::format("INSERT OR IGNORE INTO {}(name) VALUES(?)", table)).bind(name).run();
    Statement find(database_, fmt::format("SELECT id FROM {} WHERE name = ?", table));
    find.bind(name).step();
    return find.integer(0);
  }

  /// One of ours that ended is recorded, and may have gone on since; of reports one is enough.
  bool find_run() {
    Statement find(database_, "SELECT id, source FROM runs WHERE project = ? AND run_id = ?");
    if (!find.bind(project_, run_.run_id).step()) return false;
    run_row_ = find.integer(0);
    goes_on_ = run_.source == own_source && find.text(1) == own_source;
    return true;
  }

  void update_run() {
    Statement(database_, "UPDATE runs SET exit_status = ?, makespan = ? WHERE id = ?")
        .bind(run_.exit_status, seconds(run_.makespan), run_row_)
        .run();
  }

  void insert_run() {
    const RecordedConditions& conditions = run_.conditions;
    Statement(
        database_,
        "INSERT INTO runs(project, run_id, source, host_class, started, base, test_order, workers, seed, "
        "exit_status, makespan) VALUES(?,?,?,?,?,?,?,?,?,?,?)")
        .bind(project_, run_.run_id, run_.source, host_class_, started_, conditions.base, conditions.order,
              conditions.workers, static_cast<std::int64_t>(conditions.seed), run_.exit_status,
              seconds(run_.makespan))
        .run();
    run_row_ = database_.last_inserted();
  }

  void write_test(const RecordedTest& test) {
    std::optional<TestRow> row = find(test.id);
    if (!row && any_imported_) row = adopt_imported(test);
    // What never ran here and was never known is none of the history's affairs, unless it still has to run.
    if (!row && test.attempts.empty() && test.verdict == Verdict::skipped) return;
    if (!row) row = insert_test(test);
    const std::size_t known = goes_on_ ? attempts_known(row->id) : 0;
    if (goes_on_ && known >= test.attempts.size()) return;
    told_anything_ = true;
    update_test(*row, test, known == 0);
    if (test.attempts.empty()) return;
    RecordedTest news = test;
    news.attempts.erase(news.attempts.begin(), news.attempts.begin() + static_cast<std::ptrdiff_t>(known));
    write_attempts(row->id, news);
    learn_from(row->id, news);
  }

  std::size_t attempts_known(std::int64_t test) {
    count_attempts_.bind(run_row_, test).step();
    return static_cast<std::size_t>(count_attempts_.integer(0));
  }

  std::optional<TestRow> find(const std::string& name) {
    if (!find_test_.bind(project_, name).step()) return std::nullopt;
    TestRow row{find_test_.integer(0),
                find_test_.integer(1),
                find_test_.integer(2),
                std::string(find_test_.text(3)),
                {}};
    if (!find_test_.is_null(4)) row.failed_in = find_test_.integer(4);
    is_imported_ = find_test_.integer(5) != 0;
    return row;
  }

  /// Results that were imported under another spelling are this test's from now on.
  std::optional<TestRow> adopt_imported(const RecordedTest& test) {
    if (!test.test) return std::nullopt;
    for (const std::string& spelling : spellings(*test.test)) {
      const std::optional<TestRow> row = find(spelling);
      if (!row || !is_imported_) continue;
      Statement(database_, "UPDATE tests SET name = ? WHERE id = ?").bind(test.id, row->id).run();
      return row;
    }
    return std::nullopt;
  }

  TestRow insert_test(const RecordedTest& test) {
    insert_test_.bind(project_, test.id).run();
    return {database_.last_inserted(), 0, 0, {}, {}};
  }

  /// Results that are older than what is known say nothing of how the test is now.
  void update_test(TestRow& row, const RecordedTest& test, bool first_time) {
    const bool tried = !test.attempts.empty();
    if (tried && first_time) ++row.runs;
    if (started_ >= row.last_started) {
      row.last_verdict = to_string(test.verdict);
      row.last_started = started_;
      if (tried && is_trouble(test.verdict)) row.failed_in = row.runs;
    }
    // What a journal of ours tells is imported, too, but under our own names.
    const bool imported = run_.conditions.host_class == imported_host_class && !test.test;
    update_test_.bind(row.last_verdict, row.last_started, row.runs, row.failed_in, imported ? 1 : 0, row.id)
        .run();
  }

  void write_attempts(std::int64_t id, const RecordedTest& test) {
    insert_verdict_.bind(run_row_, id, to_string(test.verdict), test.cause).run();
    for (const RecordedAttempt& attempt : test.attempts) {
      std::optional<double> cpu;
      std::optional<std::int64_t> memory, peak;
      if (attempt.usage) {
        cpu = attempt.usage->cpu_seconds;
        memory = static_cast<std::int64_t>(attempt.usage->memory_bytes);
        peak = static_cast<std::int64_t>(attempt.usage->memory_peak_bytes);
      }
      insert_attempt_
          .bind(run_row_, id, attempt.position, attempt.attempt, attempt.worker, to_string(attempt.outcome),
                seconds(attempt.duration), cpu, memory, peak)
          .run();
    }
  }

  void learn_from(std::int64_t id, const RecordedTest& test) {
    ModelRow model;
    if (find_model_.bind(project_, host_class_, id).step()) model = read_model(find_model_, 0);
    if (crowded_ && model.duration.durations > 0) return;
    learn(model, crowded_ ? without_usage(test) : test);
    const DurationModel& duration = model.duration;
    replace_model_
        .bind(project_, host_class_, id, duration.durations, duration.log_mean, duration.log_variance,
              duration.mean, duration.deviations, duration.deviations_log_sum, duration.deviations_sum,
              model.longest_failure, model.measured, model.cpu_mean, model.memory_bytes,
              model.memory_peak_bytes)
        .run();
  }

  void write_startups() {
    Statement find(database_,
                   "SELECT seconds FROM process_startups WHERE project = ? AND host_class = ? AND suite = ?");
    Statement replace(database_, "INSERT OR REPLACE INTO process_startups VALUES(?,?,?,?)");
    for (const auto& [suite, measured] : run_.process_startup) {
      const double before = find.bind(project_, host_class_, suite).step() ? find.real(0) : measured.count();
      constexpr double newest_weight = 0.3;
      replace.bind(project_, host_class_, suite, before + newest_weight * (measured.count() - before)).run();
    }
  }

  Database& database_;
  const RecordedRun& run_;
  std::int64_t started_;
  bool crowded_;
  std::int64_t project_ = 0, host_class_ = 0, run_row_ = 0;
  bool any_imported_ = false, is_imported_ = false, goes_on_ = false, told_anything_ = false;
  Statement find_test_{database_,
                       "SELECT id, last_started, runs, last_verdict, failed_in, imported FROM tests "
                       "WHERE project = ? AND name = ?"};
  Statement insert_test_{database_,
                         "INSERT INTO tests(project, name, imported, last_verdict, last_started, runs) "
                         "VALUES(?, ?, 1, 'passed', 0, 0)"};
  Statement update_test_{database_,
                         "UPDATE tests SET last_verdict = ?, last_started = ?, runs = ?, failed_in = ?, "
                         "imported = imported AND ? WHERE id = ?"};
  Statement count_attempts_{database_, "SELECT count(*) FROM attempts WHERE run = ? AND test = ?"};
  Statement insert_verdict_{database_, "INSERT OR REPLACE INTO verdicts VALUES(?,?,?,?)"};
  Statement insert_attempt_{database_,
                            "INSERT INTO attempts(run, test, position, attempt, worker, outcome, seconds, "
                            "cpu_seconds, memory_bytes, memory_peak_bytes) VALUES(?,?,?,?,?,?,?,?,?,?)"};
  Statement find_model_{database_, std::string("SELECT ") + model_columns +
                                       " FROM models WHERE project = ? AND host_class = ? AND test = ?"};
  Statement replace_model_{database_, "INSERT OR REPLACE INTO models VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"};
};

}  // namespace

bool record_run(Database& database, const RecordedRun& run) {
  Transaction transaction(database);
  if (!RunWriter(database, run).write()) return false;
  transaction.commit();
  return true;
}

}  // namespace sharder
