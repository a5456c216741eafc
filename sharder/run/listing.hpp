// Lists the tests of every suite in a clone: expands `programs`, runs the listing commands, understands what they
// print.
#pragma once

#include <vector>

#include "sharder/run/context.hpp"
#include "sharder/suites/identifiers.hpp"

namespace sharder {

/// The tests of every suite in the order of the configuration, without ids. Throws PreparationError that quotes what
/// went wrong, ContainerError when the clone dies.
boost::asio::awaitable<std::vector<SuiteTests>> list_tests(RunContext& context, Clone& clone,
                                                           const std::map<std::string, Framework>& frameworks);

}  // namespace sharder
