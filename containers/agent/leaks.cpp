#include "containers/agent/leaks.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "containers/agent/system.hpp"

namespace sharder::agent {
namespace {

constexpr std::uint64_t sweep_limit_ns = 2000000000;
constexpr std::uint64_t exec_limit_ns = 500000000;

bool has_ended(pid_t pid) {
  int status = 0;
  const pid_t reaped = ::waitpid(pid, &status, WNOHANG);
  return reaped == pid || reaped < 0;
}

void pause_briefly() {
  const timespec pause{0, 200000};
  ::nanosleep(&pause, nullptr);
}

std::string command_line_of(const std::string& directory) {
  std::string line = read_small_file(open_in_proc(directory + "/cmdline", O_RDONLY), wire::max_leak_text);
  while (!line.empty() && line.back() == '\0') line.pop_back();
  std::replace(line.begin(), line.end(), '\0', ' ');
  return line;
}

bool is_at_work(const std::string& directory) {
  const std::string stat = read_small_file(open_in_proc(directory + "/stat", O_RDONLY), 256);
  const std::size_t name_end = stat.rfind(") ");
  return name_end != std::string::npos && name_end + 2 < stat.size() &&
         std::strchr("RD", stat[name_end + 2]) != nullptr;
}

}  // namespace

std::vector<pid_t> children_of_init() {
  const std::string list = list_children_of_init(1 << 16);
  std::vector<pid_t> pids;
  const char* at = list.c_str();
  for (char* end = nullptr;; at = end) {
    const long pid = std::strtol(at, &end, 10);
    if (end == at) return pids;
    pids.push_back(static_cast<pid_t>(pid));
  }
}

std::string command_of(pid_t pid, std::uint64_t patient_until_ns) {
  const std::string directory = std::to_string(pid);
  std::string line = command_line_of(directory);
  for (; line.empty() && is_at_work(directory) && now_ns() < patient_until_ns; line = command_line_of(directory))
    pause_briefly();
  if (!line.empty()) return line;
  std::string command = read_small_file(open_in_proc(directory + "/comm", O_RDONLY), 64);
  while (!command.empty() && command.back() == '\n') command.pop_back();
  return "[" + command + "]";
}

Sweep sweep(const std::function<bool(pid_t)>& is_ours) {
  Sweep result;
  std::vector<wire::LeakedProcess>& leaks = result.leaks;
  std::vector<pid_t> killed;
  const std::uint64_t deadline = now_ns() + sweep_limit_ns, patient_until = now_ns() + exec_limit_ns;
  for (;;) {
    bool alive = false;
    for (const pid_t pid : children_of_init()) {
      if (is_ours(pid) || has_ended(pid)) continue;
      alive = true;
      if (std::find(killed.begin(), killed.end(), pid) != killed.end()) continue;
      if (leaks.size() < wire::max_leaks) leaks.push_back({pid, command_of(pid, patient_until)});
      ::kill(pid, SIGKILL);
      killed.push_back(pid);
    }
    result.complete = !alive;
    if (!alive || now_ns() > deadline) return result;
    pause_briefly();
  }
}

std::vector<wire::LeakedProcess> sweep_namespace() {
  std::vector<wire::LeakedProcess> leaks;
  const std::uint64_t patient_until = now_ns() + exec_limit_ns;
  for (const pid_t pid : children_of_init())
    if (!has_ended(pid) && leaks.size() < wire::max_leaks) leaks.push_back({pid, command_of(pid, patient_until)});
  // One call reaches all but ourselves, so that not even a fork bomb outruns it for long; our exit ends what
  // it missed.
  const std::uint64_t deadline = now_ns() + sweep_limit_ns;
  while (now_ns() < deadline) {
    ::kill(-1, SIGKILL);
    pid_t reaped = 0;
    while ((reaped = ::waitpid(-1, nullptr, WNOHANG)) > 0) continue;
    if (reaped < 0) return leaks;
    pause_briefly();
  }
  return leaks;
}

}  // namespace sharder::agent
