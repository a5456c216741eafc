#include "sharder/cli/run_location.hpp"

#include <fmt/format.h>

#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

constexpr const char* journal_name = "journal.ndjson";

}  // namespace

fs::path project_with_runs(const RunOptions& options) {
  if (options.config) return fs::absolute(*options.config).parent_path();
  const fs::path here = fs::current_path();
  for (fs::path above = here; above != above.parent_path(); above = above.parent_path())
    if (fs::is_directory(above / ".sharder")) return above;
  return here;
}

fs::path find_run(const std::string& run, const RunOptions& options) {
  if (fs::is_regular_file(fs::path(run) / journal_name)) return fs::canonical(run);
  const fs::path runs = project_with_runs(options) / ".sharder";
  const fs::path directory = run == "latest" ? runs / run : runs / "runs" / run;
  if (fs::is_regular_file(directory / journal_name)) return fs::canonical(directory);
  throw UsageError(fmt::format("there is no run \"{}\": {} is not there", run, (directory / journal_name).string()),
                   "give the id of a run below .sharder/runs, a directory with a journal.ndjson, or latest");
}

fs::path find_journal(const std::string& run, const RunOptions& options) {
  return fs::is_regular_file(run) ? fs::path(run) : find_run(run, options) / journal_name;
}

}  // namespace sharder
