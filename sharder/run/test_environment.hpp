// The environment that a process in a clone sees: a few variables of ours, what the suite asks for, nothing else.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "containers/clone_pool.hpp"
#include "sharder/suites/framework.hpp"

namespace sharder {

using Variables = std::vector<std::pair<std::string, std::string>>;
using OuterEnvironment = std::map<std::string, std::string>;

/// HOME, USER, LOGNAME, SHELL, TMPDIR and a PATH; for setup, start and ready too.
Variables basic_environment(const Identity& user, const OuterEnvironment& outer);

/// The above, what the suite passes on and sets; later ones win.
Variables suite_environment(const SuiteConfig& suite, const Identity& user, const OuterEnvironment& outer);

/// "NAME=value" each, the last value of a name winning; outer shard variables never pass.
std::vector<std::string> flatten(const Variables& variables);

}  // namespace sharder
