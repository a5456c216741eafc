// Runs one command of ours or the configuration's in a clone, to its end: setup, ready, listing, globs.
#pragma once

#include <string>
#include <vector>

#include "sharder/run/context.hpp"

namespace sharder {

struct CommandResult {
  /// Long ids of a million tests fit; a command that prints without end does not fill our memory.
  static constexpr std::size_t most_output_bytes = std::size_t{256} << 20;

  Termination termination;
  std::string output, result;  // `result` is what came on the result channel
  std::string error_output;    // its end
  bool cut = false;            // output or result were longer than what is kept
  bool timed_out = false;
  bool clone_gone = false;

  bool succeeded() const {
    return !timed_out && !clone_gone && termination.kind == Termination::Kind::exited && termination.code == 0;
  }
  /// "exit status 3", "SIGSEGV", "exec ./x: no such file or directory", "no end after 30 s".
  std::string describe() const;
};

/// "exit status 3", "SIGKILL" or why it was not started.
std::string describe(const Termination& termination);

/// Throws ContainerError when the clone is gone before it starts.
boost::asio::awaitable<CommandResult> run_command(RunContext& context, Clone& clone, ExecuteRequest request,
                                                  Seconds timeout);

/// The same for a process that has been started already.
boost::asio::awaitable<CommandResult> wait_for(RunContext& context, Execution& execution, Seconds timeout);

}  // namespace sharder
