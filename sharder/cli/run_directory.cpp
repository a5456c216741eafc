#include "sharder/cli/run_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

void make_directories(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error)
    throw SystemError("make the run's directory " + path.string(), error.value(), "--output DIR puts it elsewhere");
}

/// A directory that is named again is this run's alone: a journal is one run, and stale logs would pass for new ones.
void remove_earlier_run(const fs::path& path) {
  if (!fs::exists(path / "journal.ndjson")) return;
  for (const char* name :
       {"journal.ndjson", "results.json", "junit.xml", "results.subunit", "trace.json", "logs", "artifacts"}) {
    std::error_code error;
    fs::remove_all(path / name, error);
    if (error)
      throw SystemError("remove an earlier run's " + (path / name).string(), error.value(),
                        "--output DIR takes another directory");
  }
}

}  // namespace

RunDirectory::RunDirectory(const fs::path& project, const std::string& run_id,
                           const std::optional<fs::path>& elsewhere) {
  if (elsewhere) {
    path_ = top_ = *elsewhere;
    make_directories(path_);
    lock();
    remove_earlier_run(path_);
    return;
  }
  top_ = project / ".sharder";
  path_ = top_ / "runs" / run_id;
  make_directories(path_);
  lock();
  remove_earlier_run(path_);
  // What lies in .sharder is nobody else's business; git need not be told by hand.
  if (!fs::exists(top_ / ".gitignore")) write_file(top_ / ".gitignore", "*\n");
  const fs::path link = top_ / "latest", beside = top_ / ("latest-" + run_id);
  std::error_code ignored;
  fs::create_symlink(fs::path("runs") / run_id, beside, ignored);
  fs::rename(beside, link, ignored);
}

RunDirectory::RunDirectory(const fs::path& existing) : path_(existing), top_(existing) {
  // In its usual place, .sharder/runs/ID, what lies above it is the invoker's too.
  const fs::path above = existing.parent_path().parent_path();
  if (above.filename() == ".sharder") top_ = above;
  lock();
}

void RunDirectory::lock() {
  lock_ = UniqueFd(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock_) throw SystemError("open " + path_.string(), errno);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
    throw UsageError("another run is going on in " + path_.string(), "wait for its end, or take another --output DIR");
}

void RunDirectory::hand_over(const Identity& invoker) const {
  if (invoker.uid == 0) return;
  const auto give = [&](const fs::path& path) { return ::lchown(path.c_str(), invoker.uid, invoker.gid) == 0; };
  std::error_code ignored;
  for (fs::path above = path_; above != top_.parent_path() && above != above.parent_path(); above = above.parent_path())
    give(above);
  give(top_ / "latest");
  give(top_ / ".gitignore");
  for (fs::recursive_directory_iterator entry(path_, ignored), end; entry != end; entry.increment(ignored))
    give(entry->path());
}

}  // namespace sharder
