// sharder-agent: PID 1 of a clone; or, called with a word inside one, a small tool for those who look into
// it.
#include <unistd.h>

#include <cstring>
#include <string_view>

#include "containers/agent/agent.hpp"
#include "containers/agent/glob.hpp"
#include "containers/agent/pty.hpp"

int main(int count, char** arguments) {
  const std::string_view word = count > 1 ? arguments[1] : "";
  if (word == "glob") return sharder::agent::glob_main(count - 2, arguments + 2);
  if (word == "pty") return sharder::agent::pty_main(count - 2, arguments + 2);
  if (::getpid() != 1) {
    static constexpr char usage[] =
        "usage: /.agent glob PATTERN... | /.agent pty ROWS COLUMNS -- COMMAND...\n";
    return ::write(2, usage, std::strlen(usage)) < 0 ? 1 : 2;
  }
  sharder::agent::Agent agent(word == "--privileged");
  agent.serve();
}
