// The only code that talks to liblxc: an in-memory configuration and a start that returns when the
// container's init has ended.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sharder::launcher {

struct ContainerSpec {
  std::string name, lxc_path, log_file;
  std::vector<std::pair<std::string, std::string>> items;  // configuration, in order
  int channel = -1;                                        // becomes the agent's descriptor 20
  bool protect_kernel = false;  // the agent does, where no user namespace of the clone's own does
  unsigned open_files = 0;
  std::string group;  // directory of a control group to enter first; "": liblxc makes the clone's
};

/// Runs the container; never returns. The process must be single-threaded and is used up: liblxc moves it
/// into the monitor's control groups. Its status is 0 when the agent ended by itself.
[[noreturn]] void run_container(const ContainerSpec& spec);

}  // namespace sharder::launcher
