// From what was listed to what is run: ids, overrides, selection, the fixtures that the selection needs.
#pragma once

#include <string_view>
#include <vector>

#include "sharder/run/context.hpp"
#include "sharder/suites/identifiers.hpp"

namespace sharder {

/// Throws UsageError for ids of the load list that nobody listed and for bad patterns. Tells of patterns that match nothing.
std::vector<Test> choose_tests(RunContext& context, std::vector<SuiteTests> listed, std::string_view load_list);

}  // namespace sharder
