// `sharder merge`: makes one run of the runs of several machines.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "containers/bases/identity.hpp"
#include "sharder/cli/merge_files.hpp"
#include "sharder/cli/run_directory.hpp"
#include "sharder/cli/run_location.hpp"
#include "sharder/cli/verbs.hpp"
#include "sharder/config/apply_options.hpp"
#include "sharder/report/journal/journal_reader.hpp"
#include "sharder/report/merge/merge.hpp"
#include "sharder/report/merge/check.hpp"
#include "sharder/report/reports.hpp"
#include "sharder/report/terminal_text.hpp"
#include "sharder/run/exit_status.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

/// A million attempts take less than half of it.
constexpr std::uintmax_t most_journal_bytes = 2ull << 30;

RunFiles files_of(const std::string& run, const RunOptions& options) {
  RunFiles files;
  files.journal = find_journal(run, options);
  // One that was collected alone, under a name of its own, has nothing beside it.
  if (files.journal.filename() != "journal.ndjson") return files;
  files.directory = fs::absolute(files.journal).parent_path();
  files.artifacts = files.directory / "artifacts";
  return files;
}

std::vector<SourceRun> read_sources(const std::string& run, const RunOptions& options) {
  const RunFiles files = files_of(run, options);
  if (fs::file_size(files.journal) > most_journal_bytes)
    throw UsageError(fmt::format("{} is larger than {}: no run writes such a journal", files.journal.string(),
                                 format_size(most_journal_bytes)));
  JournalContent content = read_journal_content(files.journal);
  if (content.bad_lines > 0)
    fmt::print(stderr, "sharder: warning: {} of {} cannot be read and {} passed over\n",
               count_of(content.bad_lines, "line"), printable(files.journal.string()),
               content.bad_lines == 1 ? "is" : "are");
  return sources_of(std::move(content.events), files);
}

std::vector<SourceRun> read_all(const CommandLine& line) {
  if (line.merge.runs.empty())
    throw UsageError("there is nothing to merge", "name the runs: ids, directories or journals");
  std::vector<SourceRun> sources;
  for (const std::string& run : line.merge.runs)
    for (SourceRun& source : read_sources(run, line.options)) sources.push_back(std::move(source));
  sources = distinct_runs(std::move(sources));
  if (sources.empty()) throw UsageError("there is nothing to merge: no run is in what was given");
  refuse_conflicts(sources);
  return sources;
}

/// Of the flags that `merge` shares with `run`; no sharder.toml is read.
OutputConfig output_settings(const CommandLine& line) {
  Config config;
  Diagnostics diagnostics;
  apply_options(line.options, fs::current_path(), config, diagnostics);
  if (!diagnostics.empty()) throw UsageError(diagnostics.front().message, diagnostics.front().hint);
  return config.output;
}

fs::path directory_of(const OutputConfig& output, const RunOptions& options, const std::string& run_id) {
  if (output.directory) return *output.directory;
  const fs::path project = project_with_runs(options);
  if (!fs::is_directory(project / ".sharder") && !fs::exists(project / "sharder.toml"))
    throw UsageError("there is no project here to keep the merged run in", "-o DIR says where it goes");
  return project / ".sharder/runs" / run_id;
}

/// What is merged would be removed before it is read.
void refuse_own_directory(const std::vector<SourceRun>& sources, const fs::path& directory) {
  std::error_code error;
  for (const SourceRun& source : sources)
    for (const RunFiles& files : source.files)
      if (fs::equivalent(files.directory, directory, error))
        throw UsageError(fmt::format("{} is one of the runs to be merged", directory.string()),
                         "-o takes another directory");
}

/// What flaky tests made of the runs, where nothing else is asked for.
FlakyPolicy policy_of(const std::vector<SourceRun>& sources, const RunOptions& options) {
  if (options.flaky) return *options.flaky;
  FlakyPolicy policy = FlakyPolicy::pass;
  for (const SourceRun& source : sources) {
    if (!source.finished || source.finished->counts.flaky == 0) continue;
    const int status = source.finished->exit_status;
    if (status == exit_status::failed && source.finished->counts.failed == 0) return FlakyPolicy::fail;
    if (status == exit_status::flaky) policy = FlakyPolicy::warn;
  }
  return policy;
}

int status_of(const std::vector<SourceRun>& sources, bool whole, FlakyPolicy policy, const Counts& counts) {
  if (!whole) return exit_status::incomplete;
  const auto any = [&](auto&& ended_so) {
    return std::any_of(sources.begin(), sources.end(),
                       [&](const SourceRun& source) { return ended_so(source.finished->exit_status); });
  };
  if (counts.selected == 0 && any([](int status) { return status == exit_status::nothing_selected; }))
    return exit_status::nothing_selected;
  const bool cut_short =
      any([](int status) { return status == exit_status::incomplete || status >= exit_status::signal_base; });
  return exit_status_of({.signal = 0, .deadline_passed = cut_short, .counts = counts}, policy);
}

void tell(const Shortfall& shortfall, bool partial) {
  for (const std::string& one : shortfall.missing)
    fmt::print(stderr, "sharder: {}{}\n", partial ? "warning: " : "", printable(one));
  if (!shortfall.hint.empty()) fmt::print(stderr, "  hint: {}\n", shortfall.hint);
  if (!partial) fmt::print(stderr, "sharder: nothing was merged; --partial merges what is there\n");
}

ReportSettings report_settings(const OutputConfig& output, const fs::path& directory) {
  ReportSettings settings = settings_for_this_terminal();
  settings.directory = directory;
  settings.copies = output.copies;
  settings.progress = "none";
  settings.output_on_failure = output.output_on_failure;
  settings.color = output.color;
  return settings;
}

std::vector<std::string> copy_all_artifacts(const std::vector<SourceRun>& sources, const fs::path& directory) {
  std::vector<std::string> troubles;
  for (const SourceRun& source : sources)
    for (std::string& trouble : copy_artifacts(source, directory / "artifacts")) troubles.push_back(std::move(trouble));
  return troubles;
}

}  // namespace

int verb_merge(const CommandLine& line, const Environment&) {
  const OutputConfig output = output_settings(line);
  const std::vector<SourceRun> sources = read_all(line);
  const Shortfall shortfall = shortfall_of(sources);
  const bool whole = shortfall.missing.empty();
  if (!whole) tell(shortfall, line.merge.partial);
  if (!whole && !line.merge.partial) return exit_status::incomplete;

  const FlakyPolicy policy = policy_of(sources, line.options);
  MergeSettings settings;
  settings.run_id = merged_run_id(sources);
  settings.incomplete = join(shortfall.missing, "; ");
  settings.exit_status = [&](const Counts& counts) { return status_of(sources, whole, policy, counts); };
  settings.output = output_of;
  refuse_own_directory(sources, directory_of(output, line.options, settings.run_id));
  const RunDirectory directory(project_with_runs(line.options), settings.run_id, output.directory);
  const std::unique_ptr<Reports> reports = make_reports(report_settings(output, directory.path()));
  const int status = merge_runs(sources, settings, *reports);
  std::vector<std::string> troubles = copy_all_artifacts(sources, directory.path());
  if (std::string trouble = reports->finish(); !trouble.empty()) troubles.push_back(std::move(trouble));
  directory.hand_over(invoker_identity());
  for (const std::string& trouble : troubles)
    fmt::print(stderr, "sharder: results are not complete on disk: {}\n", printable(trouble));
  return status == exit_status::success && !troubles.empty() ? exit_status::incomplete : status;
}

}  // namespace sharder
