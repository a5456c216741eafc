#include "containers/agent/pty.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "containers/agent/system.hpp"

namespace sharder::agent {
namespace {

int usage() {
  static constexpr char text[] = "usage: /.agent pty ROWS COLUMNS -- COMMAND...\n";
  write_all(2, text, std::strlen(text));
  return 2;
}

/// The controlling side of a new terminal of that size; -1 where there is none.
int open_terminal(const char* rows, const char* columns) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0 || ::grantpt(terminal) != 0 || ::unlockpt(terminal) != 0) return -1;
  winsize size{};
  size.ws_row = static_cast<unsigned short>(std::atoi(rows));
  size.ws_col = static_cast<unsigned short>(std::atoi(columns));
  ::ioctl(terminal, TIOCSWINSZ, &size);
  return terminal;
}

[[noreturn]] void become_command(const char* name, char** command) {
  ::setsid();
  const int side = ::open(name, O_RDWR);
  if (side >= 0 && ::ioctl(side, TIOCSCTTY, 0) == 0 && ::dup2(side, 0) == 0 && ::dup2(side, 1) == 1 &&
      ::dup2(side, 2) == 2) {
    if (side > 2) ::close(side);
    ::execvp(command[0], command);
  }
  const std::string message = std::string("exec ") + command[0] + ": " + error_text(errno) + "\r\n";
  write_all(2, message.data(), message.size());
  ::_exit(127);
}

/// Copies what is there; false at the end of `from`.
bool relay(int from, int to) {
  char buffer[4096];
  const ssize_t got = ::read(from, buffer, sizeof buffer);
  return got > 0 && write_all(to, buffer, static_cast<std::size_t>(got));
}

void relay_until_end(int terminal) {
  pollfd sources[2] = {{terminal, POLLIN, 0}, {0, POLLIN, 0}};
  for (;;) {
    if (::poll(sources, 2, -1) < 0) continue;
    // The terminal reports a hangup when the last process on it is gone.
    if (sources[0].revents != 0 && !relay(terminal, 1)) return;
    if (sources[1].revents != 0 && !relay(0, terminal)) {
      static constexpr char end_of_transmission = 4;
      write_all(terminal, &end_of_transmission, 1);
      sources[1].fd = -1;
    }
  }
}

}  // namespace

int pty_main(int count, char** arguments) {
  if (count < 4 || std::strcmp(arguments[2], "--") != 0) return usage();
  const int terminal = open_terminal(arguments[0], arguments[1]);
  if (terminal < 0) {
    const std::string message = "open a terminal: " + error_text(errno) + "\n";
    write_all(2, message.data(), message.size());
    return 1;
  }
  const char* name = ::ptsname(terminal);
  const pid_t pid = ::fork();
  if (pid == 0) become_command(name, arguments + 3);
  if (pid > 0) relay_until_end(terminal);
  int status = 0;
  if (pid < 0 || ::waitpid(pid, &status, 0) != pid) return 1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace sharder::agent
