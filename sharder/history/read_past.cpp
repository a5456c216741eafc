#include "sharder/history/read_past.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "sharder/history/model_row.hpp"

namespace sharder {
namespace {

std::optional<std::int64_t> find_id(Database& database, const char* table, const std::string& name) {
  Statement statement(database, fmt::format("SELECT id FROM {} WHERE name = ?", table));
  if (!statement.bind(name).step()) return std::nullopt;
  return statement.integer(0);
}

void apply_model(const ModelRow& model, double factor, PastTest& test) {
  test.durations = model.duration.durations;
  test.order_key = factor * order_key(model.duration);
  test.expected = factor * expected(model.duration);
  test.longest_failure = Seconds(factor * model.longest_failure);
  test.cpu_seconds = factor * model.cpu_mean;
  test.memory_bytes = static_cast<std::uint64_t>(model.memory_bytes);
  test.memory_peak_bytes = static_cast<std::uint64_t>(model.memory_peak_bytes);
}

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

class PastReader {
 public:
  PastReader(Database& database, std::int64_t project, std::int64_t host_class)
      : database_(database), project_(project), host_class_(host_class) {}

  Past read() {
    Statement runs(database_, "SELECT count(*) FROM runs WHERE project = ?");
    if (runs.bind(project_).step()) past_.runs = static_cast<int>(runs.integer(0));
    Statement tests(database_, "SELECT count(*) FROM tests WHERE project = ?");
    if (tests.bind(project_).step()) past_.tests.reserve(static_cast<std::size_t>(tests.integer(0)));
    const std::vector<std::int64_t> others = other_classes();
    if (!others.empty()) known_.reserve(past_.tests.bucket_count());
    read_tests(!others.empty());
    read_startups(host_class_, 1);
    for (const std::int64_t other : others) fill_in_from(other);
    return std::move(past_);
  }

 private:
  struct Known {
    std::int64_t id = 0;
    PastTest* past = nullptr;
    double log_mean = 0;
    bool own = false;   // told by this host class
    int durations = 0;  // that what is filled in rests on
  };

  std::vector<std::int64_t> other_classes() {
    Statement classes(database_,
                      "SELECT id FROM host_classes WHERE id <> ?1 AND EXISTS("
                      "SELECT 1 FROM models WHERE project = ?2 AND host_class = host_classes.id)");
    classes.bind(host_class_, project_);
    std::vector<std::int64_t> ids;
    while (classes.step()) ids.push_back(classes.integer(0));
    return ids;
  }

  /// Two scans side by side, both in the order of the tests' ids: a look-up for each test would take twice as
  /// long.
  void read_tests(bool keep_them) {
    Statement models(
        database_,
        fmt::format("SELECT test, {} FROM models WHERE project = ? AND host_class = ? ORDER BY test",
                    model_columns));
    bool has_model = models.bind(project_, host_class_).step();
    Statement tests(database_,
                    "SELECT id, name, last_verdict, runs, failed_in FROM tests NOT INDEXED WHERE project = ? "
                    "ORDER BY id");
    tests.bind(project_);
    while (tests.step()) {
      const std::int64_t id = tests.integer(0);
      PastTest& test = past_.tests[std::string(tests.text(1))];
      test.last_verdict = verdict_from(tests.text(2)).value_or(Verdict::passed);
      if (!tests.is_null(4)) test.runs_since_failure = static_cast<int>(tests.integer(3) - tests.integer(4));
      while (has_model && models.integer(0) < id) has_model = models.step();
      const bool own = has_model && models.integer(0) == id;
      const ModelRow model = own ? read_model(models, 1) : ModelRow{};
      if (own) apply_model(model, 1, test);
      if (keep_them) known_.push_back({id, &test, model.duration.log_mean, model.duration.durations > 0, 0});
    }
  }

  void read_startups(std::int64_t host_class, double factor) {
    Statement startups(database_,
                       "SELECT suite, seconds FROM process_startups WHERE project = ? AND host_class = ?");
    startups.bind(project_, host_class);
    while (startups.step())
      past_.process_startup.try_emplace(std::string(startups.text(0)), Seconds(factor * startups.real(1)));
  }

  /// How much longer a test takes here than on machines of the other class.
  static double relative_slowness(const std::vector<std::pair<Known*, ModelRow>>& models) {
    std::vector<double> log_ratios;
    for (const auto& [known, model] : models)
      if (known->own && model.duration.durations > 0)
        log_ratios.push_back(known->log_mean - model.duration.log_mean);
    return log_ratios.empty() ? 1 : std::exp(median(log_ratios));
  }

  /// The models of another class, each with the test that it is of.
  std::vector<std::pair<Known*, ModelRow>> models_of(std::int64_t other) {
    Statement rows(
        database_,
        fmt::format("SELECT test, {} FROM models WHERE project = ? AND host_class = ? ORDER BY test",
                    model_columns));
    rows.bind(project_, other);
    std::vector<std::pair<Known*, ModelRow>> models;
    auto known = known_.begin();
    while (rows.step()) {
      while (known != known_.end() && known->id < rows.integer(0)) ++known;
      if (known != known_.end() && known->id == rows.integer(0))
        models.emplace_back(&*known, read_model(rows, 1));
    }
    return models;
  }

  void fill_in_from(std::int64_t other) {
    const std::vector<std::pair<Known*, ModelRow>> models = models_of(other);
    const double factor = relative_slowness(models);
    for (const auto& [known, model] : models) {
      if (known->own || model.duration.durations < known->durations) continue;
      const Seconds own_failure = known->past->longest_failure;
      apply_model(model, factor, *known->past);
      known->past->longest_failure = std::max(known->past->longest_failure, own_failure);
      known->durations = model.duration.durations;
    }
    read_startups(other, factor);
  }

  Database& database_;
  std::int64_t project_, host_class_;
  Past past_;
  std::vector<Known> known_;  // in the order of ids; only where other classes have models
};

}  // namespace

Past read_past(Database& database, const std::string& project, const std::string& host_class) {
  const auto project_id = find_id(database, "projects", project);
  if (!project_id) return {};
  constexpr std::int64_t none = -1;
  return PastReader(database, *project_id, find_id(database, "host_classes", host_class).value_or(none))
      .read();
}

std::vector<std::string> read_not_passed(Database& database, const std::string& project) {
  const auto project_id = find_id(database, "projects", project);
  std::vector<std::string> ids;
  if (!project_id) return ids;
  Statement tests(
      database,
      "SELECT name FROM tests WHERE project = ? AND last_verdict IN ('failed', 'flaky', 'lost', 'not-run') "
      "ORDER BY id");
  tests.bind(*project_id);
  while (tests.step()) ids.emplace_back(tests.text(0));
  return ids;
}

}  // namespace sharder
