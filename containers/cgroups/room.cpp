#include "containers/cgroups/room.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder::cgroups {
namespace {

constexpr std::array wanted{"memory", "pids", "cpuset"};

/// While they are moved, processes go on starting others.
constexpr int most_rounds = 20;

bool write_word(const std::string& file, const std::string& word) {
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  return fd && ::write(fd.get(), word.data(), word.size()) == static_cast<ssize_t>(word.size());
}

std::vector<std::string> words_of(const std::string& file) {
  return split(trim(read_file_if_any(file).value_or("")), ' ');
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void move_processes(const std::string& group, const std::string& into) {
  for (int round = 0; round < most_rounds; ++round) {
    const std::vector<std::string> processes = split_lines(read_file_if_any(group + "/cgroup.procs").value_or(""));
    if (processes.empty()) return;
    // One that has ended meanwhile need not be moved.
    for (const std::string& process : processes) write_word(into + "/cgroup.procs", process);
  }
}

std::vector<std::string> not_handed_on(const Hierarchy& hierarchy, const std::string& switches) {
  std::vector<std::string> missing;
  for (const char* controller : wanted)
    if (contains(hierarchy.controllers, controller) && !contains(words_of(switches), controller))
      missing.emplace_back(controller);
  return missing;
}

void hand_on(const std::string& controller, const std::string& switches) {
  if (!write_word(switches, "+" + controller))
    throw UnfitError("cannot hand the cgroup controller \"" + controller + "\" on to clones: " +
                     switches + ": " + error_text(errno));
}

}  // namespace

void make_room(const Hierarchies& hierarchies) {
  for (const Hierarchy& hierarchy : hierarchies.all()) {
    const std::string switches = hierarchy.directory + "/cgroup.subtree_control";
    const std::vector<std::string> missing =
        hierarchy.version == 2 ? not_handed_on(hierarchy, switches) : std::vector<std::string>();
    if (missing.empty()) continue;
    const std::string rest = hierarchy.directory + "/init.scope";
    if (::mkdir(rest.c_str(), 0755) != 0 && errno != EEXIST)
      throw UnfitError("make " + rest + ": " + error_text(errno));
    move_processes(hierarchy.directory, rest);
    for (const std::string& controller : missing) hand_on(controller, switches);
  }
}

void hand_on_controllers(const Hierarchy& hierarchy, const std::string& group) {
  const std::string switches = group + "/cgroup.subtree_control";
  for (const std::string& controller : not_handed_on(hierarchy, switches)) hand_on(controller, switches);
}

}  // namespace sharder::cgroups
