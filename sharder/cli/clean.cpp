#include "containers/clean.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "containers/rootfs/own_namespace.hpp"
#include "sharder/cli/verbs.hpp"
#include "sharder/run/exit_status.hpp"

namespace sharder {

int verb_clean() {
  const std::filesystem::path runs = own_places().runs;
  // What an ordinary user's clones left belongs to ids of his namespace.
  if (::geteuid() != 0) rootfs::enter_own_namespace(rootfs::OwnNamespace::keepers);
  const CleanReport report = clean_dead_runs(runs);
  if (report.removed.empty() && report.kept.empty()) fmt::print("nothing to clean: no dead run left anything\n");
  for (const std::string& removed : report.removed) fmt::print("removed {}\n", removed);
  for (const std::string& kept : report.kept) fmt::print(stderr, "sharder: {}\n", kept);
  return report.kept.empty() ? exit_status::success : exit_status::usage;
}

}  // namespace sharder
