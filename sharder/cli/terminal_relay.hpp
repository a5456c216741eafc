// Connects this process's standard input and output with a process in a clone, as ssh does.
#pragma once

#include <termios.h>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "sharder/run/context.hpp"

namespace sharder {

/// Puts the terminal into raw mode for as long as it lives; does nothing where there is none.
class RawTerminal {
 public:
  RawTerminal();
  ~RawTerminal();
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  bool active() const { return active_; }

 private:
  bool active_ = false;
  termios before_{};
};

struct TerminalSize {
  int rows = 24, columns = 80;
};
TerminalSize terminal_size();

/// Relays until the process ends; returns what a shell would say of it (128 + n for signal n). Throws
/// ContainerError when the clone dies.
boost::asio::awaitable<int> relay(RunContext& context, Execution& execution);

}  // namespace sharder
