#include "containers/clean.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "sharder/cli/verbs.hpp"
#include "sharder/run/exit_status.hpp"

namespace sharder {

int verb_clean() {
  const CleanReport report = clean_dead_runs();
  if (report.removed.empty() && report.kept.empty()) fmt::print("nothing to clean: no dead run left anything\n");
  for (const std::string& removed : report.removed) fmt::print("removed {}\n", removed);
  for (const std::string& kept : report.kept) fmt::print(stderr, "sharder: {}\n", kept);
  return report.kept.empty() ? exit_status::success : exit_status::usage;
}

}  // namespace sharder
