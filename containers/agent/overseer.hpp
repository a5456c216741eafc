// A process of ours around one command: the init of a cell, or the holder of a service. It starts the
// command, takes orders from the agent over its control socket and reports the command's end there.
#pragma once

#include <sys/types.h>

#include "containers/agent/messages.hpp"
#include "containers/agent/protocol.hpp"
#include "containers/agent/spawn.hpp"

namespace sharder::agent {

enum class Overseeing {
  cell,    // init of its own PID namespace: everything ends with the command, what was alive is its leak
  holder,  // subreaper of a service's daemons: it stays until the last of them has ended
};

class Overseer {
 public:
  /// `signals` is a signalfd for SIGCHLD.
  Overseer(wire::Run run, Streams streams, int control, int signals, Overseeing kind);
  [[noreturn]] void serve();
  /// Reports that the command could not even be tried, and ends.
  [[noreturn]] void give_up(const std::string& why);

 private:
  void start();
  void wait_for_work();
  void obey();
  void obey(const wire::Frame& frame);
  void kill(int signal);
  void reap();
  void command_ended(int status);
  void report(wire::AgentReport report);

  wire::Run run_;
  Streams streams_;
  int control_, signals_;
  Overseeing kind_;
  wire::Assembler assembler_;
  pid_t command_ = -1;
  std::uint64_t started_ns_ = 0;
};

/// The report of a process's end as wait() tells it.
wire::AgentReport report_of(std::uint64_t id, int status, std::uint64_t duration_ns);

}  // namespace sharder::agent
