// Starts a command in this root as the person asked for, holding nothing but its streams. Decides how a
// command is found and what is said when it cannot be started; who waits for it is the caller's affair.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "containers/agent/messages.hpp"

namespace sharder::agent {

/// The descriptors that came with a Run; -1 where there is none. Closed by close_all().
struct Streams {
  int output = -1, error = -1, input = -1, result = -1, collect = -1;
  std::vector<int> pieces;

  void close_process_ends();  // what only the process itself needs
  void close_all();
};
/// Sorts a frame's descriptors by the streams that the Run names; false when their number does not fit.
bool sort_streams(const wire::Run& run, const std::vector<int>& descriptors, Streams& streams);

struct Spawned {
  pid_t pid = -1;
  std::uint64_t started_ns = 0;  // taken by the child immediately before exec
  int error_number = 0;          // when pid is -1
  std::string message;
  bool no_process = false;  // the clone had none left: no fault of the command
};
/// vfork and exec: 0.2 ms less than fork, and an error is known before this returns.
Spawned spawn(const wire::Run& run, const Streams& streams);

/// Raises a process's badness for the kernel's out-of-memory killer, so that the agent outlives what tests
/// do. Done from outside: a child of an unreadable program cannot write its own.
void expose_to_out_of_memory_killer(pid_t pid);

}  // namespace sharder::agent
