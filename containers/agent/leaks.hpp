// Which processes outlived their attempt, what they are called, and how they are ended.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "containers/agent/messages.hpp"

namespace sharder::agent {

/// Children of PID 1 of this namespace; every orphan becomes one.
std::vector<pid_t> children_of_init();

/// What a person would recognise the process by: its command line, else its name; bounded. In the middle of execve()
/// a process has its new name and no command line yet: that is waited for, by the monotonic clock.
std::string command_of(pid_t pid, std::uint64_t patient_until_ns);

/// Names and kills every child of init that `is_ours` does not claim, and what they leave in turn, until
/// there are none. Processes that had already ended are reaped and not named. Bounded in time.
struct Sweep {
  std::vector<wire::LeakedProcess> leaks;
  bool complete = true;  // false: something is still there after two seconds of killing
};
Sweep sweep(const std::function<bool(pid_t)>& is_ours);

/// For the init of a cell whose command has ended: names its children and kills everything in the namespace.
std::vector<wire::LeakedProcess> sweep_namespace();

}  // namespace sharder::agent
