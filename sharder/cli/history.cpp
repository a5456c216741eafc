#include "sharder/history/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "sharder/cli/history_location.hpp"
#include "sharder/cli/history_text.hpp"
#include "sharder/cli/loading.hpp"
#include "sharder/cli/verbs.hpp"
#include "sharder/history/imports/import.hpp"
#include "sharder/history/questions.hpp"
#include "sharder/host/machine.hpp"
#include "sharder/report/terminal_text.hpp"
#include "sharder/run/exit_status.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr int default_rows = 20, default_runs_to_keep = 100;

std::unique_ptr<History> open_or_refuse(const std::filesystem::path& file) {
  OpenedHistory opened = open_history(file, history_settings());
  if (!opened.history) throw UsageError(join(opened.notices, "; "));
  for (const std::string& notice : opened.notices) fmt::print(stderr, "sharder: {}\n", printable(notice));
  return std::move(opened.history);
}

/// A history that knows the project; none is made where there is none.
std::unique_ptr<History> open_known(const std::filesystem::path& file, const std::string& project) {
  constexpr const char* hint =
      "every run writes it, and `sharder history import FILE` takes other runners' results";
  std::error_code error;
  if (!std::filesystem::exists(file, error))
    throw UsageError(fmt::format("there is no history yet: {}", file.string()), hint);
  std::unique_ptr<History> history = open_or_refuse(file);
  const std::vector<std::string> projects = known_projects(history->database());
  if (std::find(projects.begin(), projects.end(), project) != projects.end()) return history;
  throw UsageError(fmt::format("the history {} knows nothing of project \"{}\"", file.string(), project),
                   projects.empty()
                       ? hint
                       : "it knows " + join(projects, ", ") + "; `project` in sharder.toml is the key");
}

History& for_writing(History& history) {
  if (!history.read_only()) return history;
  throw UsageError(fmt::format("the history {} is read-only", history.file().string()));
}

Past past_of(const History& history, const std::string& project) {
  Past past = history.past(project, host_class(detect_machine()));
  for (const std::string& notice : history.take_notices()) throw UsageError(notice);
  return past;
}

std::string suggestion(const std::string& wanted, const std::vector<std::string>& ids) {
  if (const std::string close = nearest(wanted, ids); !close.empty())
    return fmt::format("did you mean \"{}\"?", printable(close));
  const auto containing = std::find_if(
      ids.begin(), ids.end(), [&](const std::string& id) { return id.find(wanted) != std::string::npos; });
  if (containing != ids.end()) return fmt::format("did you mean \"{}\"?", printable(*containing));
  return "`sharder history slowest` lists tests";
}

int show(const History& history, const std::string& project, const HistoryOptions& options) {
  const std::string& id = options.test.value_or("");
  const Past past = past_of(history, project);
  const auto known = past.tests.find(id);
  if (known == past.tests.end())
    throw UsageError(fmt::format("the history knows no test \"{}\"", printable(id)),
                     suggestion(id, test_ids(history.database(), project)));
  const auto attempts = attempts_of(history.database(), project, id, options.top.value_or(default_rows));
  fmt::print("{}", show_text(id, known->second, attempts));
  return exit_status::success;
}

std::string report_text(const std::string& file, const ImportReport& report) {
  if (report.known_already) return fmt::format("{}: known already, nothing was done", file);
  return fmt::format("{}: {}, {} of {}; {} have a duration that counts, {} new to the history", file,
                     report.format, count_of(report.attempts, "attempt"), count_of(report.tests, "test"),
                     report.durations, report.new_tests);
}

int import(const Config& config, const std::filesystem::path& file, const HistoryOptions& options) {
  if (options.files.empty())
    throw UsageError("there is nothing to import", "name files: JUnit, CTRF, subunit, or a run's directory");
  const std::unique_ptr<History> history = open_or_refuse(file);
  for_writing(*history);
  ImportTarget target{config.project, {}, {config.project_directory}};
  for (const SuiteConfig& suite : config.suites) {
    target.suites.push_back(suite.name);
    target.directories.emplace_back(suite.directory);
  }
  int status = exit_status::success;
  for (const std::string& path : options.files) {
    try {
      const ImportReport report = import_results(*history, target, path == "-" ? "/dev/stdin" : path);
      fmt::print("{}\n", printable(report_text(path, report)));
      if (report.passed_over > 0)
        fmt::print(stderr, "sharder: {}: passed over for want of a name or a known status: {}\n",
                   printable(path), report.passed_over);
    } catch (const Error& error) {
      // The other files are imported all the same.
      fmt::print(stderr, "sharder: {}\n", printable(error.what()));
      if (!error.hint().empty()) fmt::print(stderr, "  hint: {}\n", error.hint());
      status = exit_status::usage;
    }
  }
  return status;
}

int export_all(const History& history, const std::string& project) {
  std::string text;
  const auto write = [&] {
    std::fwrite(text.data(), 1, text.size(), stdout);
    text.clear();
  };
  for_each_attempt(history.database(), project, [&](const PastAttempt& past) {
    append_export_line(text, project, past);
    if (text.size() > 1 << 16) write();
  });
  write();
  return exit_status::success;
}

int forget(History& history, const std::string& project, const HistoryOptions& options) {
  const Pruned pruned =
      prune(for_writing(history).database(), project, options.keep.value_or(default_runs_to_keep));
  if (pruned.runs == 0)
    fmt::print("nothing to forget: there are {} runs\n", pruned.kept);
  else
    fmt::print("forgot {} runs with {} attempts; {} runs stay, and what was learnt of the tests\n",
               pruned.runs, pruned.attempts, pruned.kept);
  return exit_status::success;
}

}  // namespace

int verb_history(const CommandLine& line, const Environment& environment) {
  const Config config = load_or_refuse(line, environment);
  const std::filesystem::path file = history_file(config, environment);
  if (line.verb == Verb::history_import) return import(config, file, line.history);
  const std::unique_ptr<History> history = open_known(file, config.project);
  const int rows = line.history.top.value_or(default_rows);
  switch (line.verb) {
    case Verb::history_slowest:
      fmt::print("{}", slowest_text(past_of(*history, config.project), rows));
      break;
    case Verb::history_flaky:
      fmt::print("{}", flaky_text(flaky_tests(history->database(), config.project), rows));
      break;
    case Verb::history_show:
      return show(*history, config.project, line.history);
    case Verb::history_export:
      return export_all(*history, config.project);
    case Verb::history_prune:
      return forget(*history, config.project, line.history);
    default:
      return exit_status::bug;
  }
  return exit_status::success;
}

}  // namespace sharder
