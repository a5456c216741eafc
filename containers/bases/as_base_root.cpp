#include "containers/bases/as_base_root.hpp"

#include <unistd.h>

#include "containers/programs.hpp"

namespace sharder {

bool bases_are_own() {
  return ::geteuid() != 0;
}

std::vector<std::string> as_base_root(std::vector<std::string> command) {
  if (!bases_are_own()) return command;
  const std::vector<std::string> prefix{find_clone_programs().launcher.string(), "--as-base-root"};
  command.insert(command.begin(), prefix.begin(), prefix.end());
  return command;
}

}  // namespace sharder
