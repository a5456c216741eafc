#include "sharder/history/imports/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "sharder/history/database.hpp"
#include "sharder/history/questions.hpp"
#include "sharder/history/run_gatherer.hpp"
#include "sharder/report/journal/journal_reader.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

constexpr const char* formats_hint =
    "JUnit XML, CTRF, subunit (version 1 or 2) and journals of sharder are understood";

/// Names the content, so that the same file is not taken twice. FNV-1a: no adversary, no cryptography.
std::string digest(std::string_view text) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return fmt::format("{:016x}", hash);
}

std::string_view without_mark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

bool is_journal(std::string_view text) {
  return text.starts_with('{') && text.substr(0, text.find('\n')).find("\"event\"") != std::string_view::npos;
}

ImportedFile read_results(std::string_view text) {
  const std::string_view content = trim(text);
  if (content.starts_with('<') || text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    return read_junit(text);
  if (content.starts_with('{') || content.starts_with('[')) return read_ctrf(content);
  return read_subunit(text);
}

Verdict verdict_of(const std::vector<RecordedAttempt>& attempts) {
  bool failed = false, passed = false, lost = false;
  for (const RecordedAttempt& attempt : attempts) {
    failed = failed || is_failure(attempt.outcome);
    passed = passed || is_pass(attempt.outcome);
    lost = lost || attempt.outcome == Outcome::lost;
  }
  if (failed) return passed ? Verdict::flaky : Verdict::failed;
  if (passed) return Verdict::passed;
  return lost ? Verdict::lost : Verdict::skipped;
}

/// The tests of a file under our ids; a test that the file tells several times has several attempts.
std::vector<RecordedTest> tests_of(const ImportedFile& file, const KnownNames& names) {
  std::vector<RecordedTest> tests;
  std::unordered_map<std::string, std::size_t> index;
  int position = 0;
  for (const ImportedTest& imported : file.tests) {
    const std::string id = names.id_of(imported.name);
    const auto [entry, is_new] = index.try_emplace(id, tests.size());
    if (is_new) tests.emplace_back().id = id;
    RecordedTest& test = tests[entry->second];
    for (RecordedAttempt attempt : imported.attempts) {
      attempt.position = position++;
      attempt.attempt = static_cast<int>(test.attempts.size()) + 1;
      test.attempts.push_back(attempt);
    }
  }
  for (RecordedTest& test : tests) test.verdict = verdict_of(test.attempts);
  return tests;
}

std::chrono::system_clock::time_point modified(const fs::path& path) {
  std::error_code error;
  const auto time = fs::last_write_time(path, error);
  return error ? std::chrono::system_clock::now()
               : std::chrono::time_point_cast<std::chrono::system_clock::duration>(
                     std::chrono::file_clock::to_sys(time));
}

RecordedConditions conditions_of(const ImportTarget& target) {
  RecordedConditions conditions;
  conditions.project = target.project;
  conditions.host_class = imported_host_class;
  return conditions;
}

RecordedRun run_of_journal(const fs::path& path, const ImportTarget& target) {
  RunGatherer gatherer(conditions_of(target));
  for (const Event& event : read_journal(path)) gatherer.consume(event);
  if (!gatherer.ended())
    throw UsageError(fmt::format("{}: the run did not come to its end: nothing was imported", path.string()));
  RecordedRun run = gatherer.take();
  run.source = "journal";
  return run;
}

RecordedRun run_of_results(const fs::path& path, std::string_view text, const ImportTarget& target,
                           const KnownNames& names, ImportReport& report) {
  ImportedFile file = read_results(text);
  if (!file.refusal.empty())
    throw UsageError(fmt::format("{}: {}; nothing of it was imported", path.string(), file.refusal),
                     formats_hint);
  RecordedRun run;
  run.conditions = conditions_of(target);
  run.source = file.format;
  run.run_id = file.run_id.empty() ? "import-" + digest(text) : file.run_id;
  run.started = file.started.value_or(modified(path));
  run.tests = tests_of(file, names);
  report.passed_over = file.passed_over;
  return run;
}

void count(const RecordedRun& run, const std::vector<std::string>& known, ImportReport& report) {
  const std::unordered_set<std::string> before(known.begin(), known.end());
  report.format = run.source;
  report.tests = run.tests.size();
  for (const RecordedTest& test : run.tests) {
    report.new_tests += before.contains(test.id) ? 0 : 1;
    report.attempts += test.attempts.size();
    for (const RecordedAttempt& attempt : test.attempts)
      report.durations += attempt.duration && is_pass(attempt.outcome) ? 1 : 0;
  }
}

}  // namespace

ImportReport import_results(History& history, const ImportTarget& target, const fs::path& path) {
  std::error_code error;
  const fs::path file = fs::is_directory(path, error) ? path / "journal.ndjson" : path;
  const std::string content = read_file(file);
  const std::string_view text = without_mark(content);
  if (trim(text).empty()) throw UsageError(fmt::format("{} is empty: nothing was imported", file.string()));
  const std::vector<std::string> known = test_ids(history.database(), target.project);
  ImportReport report;
  const RecordedRun run =
      is_journal(text) ? run_of_journal(file, target)
                       : run_of_results(file, text, target,
                                        KnownNames({known, target.suites, target.directories}), report);
  if (run.tests.empty())
    throw UsageError(fmt::format("{} holds no test that ran: nothing was imported", file.string()));
  count(run, known, report);
  report.known_already = !history.record(run);
  return report;
}

}  // namespace sharder
