#include "tests/end-to-end/remains.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace sharder::end_to_end {
namespace {

namespace fs = std::filesystem;

const fs::path run_directory = "/run/sharder";
const std::string group_prefix = "sharder-";

/// What stays in /run/sharder from run to run.
bool is_furniture(const std::string& name) {
  return name == "locks" || name == "ranges" || name == "networks" || name == "slots" || name[0] == '.';
}

std::vector<fs::path> entries_of(const fs::path& directory) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error))
    entries.push_back(at->path());
  return entries;
}

void add_groups(const fs::path& hierarchy, std::set<std::string>& runs) {
  for (const fs::path& entry : entries_of(hierarchy))
    if (const std::string name = entry.filename(); name.starts_with(group_prefix))
      runs.insert(name.substr(group_prefix.size()));
}

struct Process {
  pid_t pid = 0, parent = 0;
  std::string name;
};

std::vector<Process> processes() {
  std::vector<Process> all;
  for (const fs::path& entry : entries_of("/proc")) {
    if (std::isdigit(static_cast<unsigned char>(entry.filename().string()[0])) == 0) continue;
    std::ifstream file(entry / "stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    const std::size_t open = text.find('('), close = text.rfind(')');
    if (open == std::string::npos || close == std::string::npos) continue;
    Process process;
    char state = 0;
    process.pid = std::stoi(text);
    process.name = text.substr(open + 1, close - open - 1);
    std::istringstream(text.substr(close + 1)) >> state >> process.parent;
    if (state != 'Z') all.push_back(process);
  }
  return all;
}

}  // namespace

std::set<std::string> runs_on_machine() {
  std::set<std::string> runs;
  for (const fs::path& entry : entries_of(run_directory)) {
    const std::string name = entry.filename();
    if (!is_furniture(name)) runs.insert(name);
  }
  add_groups("/sys/fs/cgroup", runs);
  for (const fs::path& hierarchy : entries_of("/sys/fs/cgroup")) add_groups(hierarchy, runs);
  return runs;
}

std::set<std::string> mounts_of_sharder() {
  std::set<std::string> mounts;
  std::ifstream file("/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);)
    if (line.find("/sharder/") != std::string::npos) mounts.insert(line);
  return mounts;
}

std::set<std::string> dead_among(const std::set<std::string>& runs) {
  std::set<std::string> dead;
  // A run that is being made must not find its lock taken by us.
  const int gate = ::open((run_directory / ".lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (gate >= 0) ::flock(gate, LOCK_EX);
  for (const std::string& run : runs) {
    const int lock = ::open((run_directory / run / "lock").c_str(), O_RDONLY | O_CLOEXEC);
    // The living share theirs.
    if (lock < 0 || ::flock(lock, LOCK_EX | LOCK_NB) == 0) dead.insert(run);
    if (lock >= 0) ::close(lock);
  }
  if (gate >= 0) ::close(gate);
  return dead;
}

void adopt_orphans() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

std::set<std::string> descendants() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
  const std::vector<Process> all = processes();
  std::set<pid_t> family{::getpid()};
  std::set<std::string> names;
  for (bool grown = true; grown;) {
    grown = false;
    for (const Process& process : all)
      if (family.count(process.parent) > 0 && family.insert(process.pid).second) {
        names.insert(process.name + " (" + std::to_string(process.pid) + ")");
        grown = true;
      }
  }
  return names;
}

}  // namespace sharder::end_to_end
