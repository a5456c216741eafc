// Failures that say the same, put together: a broken fixture should be read about once, not two hundred
// times.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sharder/report/run_record.hpp"

namespace sharder {

struct FailureGroup {
  std::string message;  // of the first
  std::vector<const RunRecord::TestRecord*> tests;
};

/// What a message says apart from its numbers and addresses: "expected 3, got 0x7f12" -> "expected #, got #". An exit
/// status is a reason of its own and stays.
std::string message_shape(std::string_view message);

/// The largest group first, otherwise in the order of the tests.
std::vector<FailureGroup> group_failures(const std::vector<const RunRecord::TestRecord*>& tests);

}  // namespace sharder
