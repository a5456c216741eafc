// CTest's ENVIRONMENT_MODIFICATION: changes to variables whose old values are known only where the test runs.
#pragma once

#include <string>
#include <vector>

namespace sharder {

struct ModifiedCommand {
  std::vector<std::string> command;
  std::vector<std::string> problems;  // modifications that make no sense; they are left out
};

/// `command` behind a shell that applies `modifications` ("PATH=path_list_prepend:/x") and then becomes the
/// command.
ModifiedCommand with_modified_environment(const std::vector<std::string>& command,
                                          const std::vector<std::string>& modifications);

}  // namespace sharder
