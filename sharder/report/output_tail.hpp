// The part of an attempt's output that a person is shown without opening the log.
#pragma once

#include <string>
#include <vector>

#include "sharder/model/outcome.hpp"

namespace sharder {

/// The last lines of the framework's own account of the failure, or of the output where there is none;
/// printable, and none of them endless.
std::vector<std::string> output_tail(const AttemptRecord& record, std::size_t most_lines = 20);

}  // namespace sharder
