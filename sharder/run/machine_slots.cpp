#include "sharder/run/machine_slots.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <tuple>
#include <utility>

#include "sharder/plan/fair_share.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder {
namespace {

namespace fs = std::filesystem;

bool is_alive(const fs::path& file) {
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  return fd && ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0;
}

int workers_in(const fs::path& file) {
  const std::string text = read_file_if_any(file).value_or("");
  int workers = 1;
  std::from_chars(text.data(), text.data() + text.size(), workers);
  return std::max(workers, 1);
}

}  // namespace

MachineSlots::MachineSlots(fs::path directory, const std::string& run, int workers, int slots)
    : directory_(std::move(directory)), run_(run), workers_(workers), slots_(slots) {
  std::error_code error;
  fs::create_directories(directory_, error);
  const fs::path file = directory_ / run_;
  // Locked under a name that nobody looks at: a file that is seen is a living run's.
  const fs::path beside = directory_ / ("." + run_);
  lock_ = UniqueFd(::open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!lock_ || ::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) throw SystemError("lock " + beside.string(), errno);
  // Into the locked file itself: another one in its place would not be locked.
  const std::string text = std::to_string(workers) + "\n";
  if (::write(lock_.get(), text.data(), text.size()) < 0) throw SystemError("write " + beside.string(), errno);
  if (::rename(beside.c_str(), file.c_str()) != 0) throw SystemError("rename " + beside.string(), errno);
}

MachineSlots::~MachineSlots() { ::unlink((directory_ / run_).c_str()); }

std::vector<MachineSlots::Entry> MachineSlots::living() const {
  std::vector<Entry> runs;
  std::error_code error;
  for (fs::directory_iterator at(directory_, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with(".")) continue;
    std::error_code gone;
    const fs::file_time_type since = fs::last_write_time(at->path(), gone);
    if (gone) continue;
    if (name == run_ || is_alive(at->path())) runs.push_back({since, name, workers_in(at->path())});
    else ::unlink(at->path().c_str());
  }
  std::sort(runs.begin(), runs.end(),
            [](const Entry& a, const Entry& b) { return std::tie(a.since, a.run) < std::tie(b.since, b.run); });
  return runs;
}

int MachineSlots::share() const {
  const std::vector<Entry> runs = living();
  std::vector<int> workers;
  for (const Entry& run : runs) workers.push_back(run.workers);
  const std::vector<int> shares = fair_shares(workers, slots_);
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (runs[i].run == run_) return shares[i];
  return slots_;  // somebody removed our file: nobody counts us, and we count nobody
}

int MachineSlots::active() const { return active_workers(workers_, share(), slots_); }

std::vector<std::string> MachineSlots::others() const {
  std::vector<std::string> names;
  for (const Entry& run : living())
    if (run.run != run_) names.push_back(run.run);
  return names;
}

}  // namespace sharder
