#include "containers/launcher/stuck_start.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder::launcher {
namespace {

/// "123 (name) Z 1 ...", where the name may hold anything.
bool is_dead(const std::string& pid) {
  const std::string line = read_file_if_any("/proc/" + pid + "/stat").value_or("");
  const std::size_t name_end = line.rfind(')');
  return name_end == std::string::npos || line.substr(name_end, 3) == ") Z";
}

}  // namespace

bool waits_for_the_dead(pid_t starter) {
  const std::string pid = std::to_string(starter);
  const std::string list = read_file_if_any("/proc/" + pid + "/task/" + pid + "/children").value_or("");
  std::vector<std::string> children = split(trim(list), ' ');
  std::erase(children, "");
  return !children.empty() && std::all_of(children.begin(), children.end(), &is_dead);
}

}  // namespace sharder::launcher
