// From what was listed to what is run: ids, overrides, selection, the fixtures that the selection needs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sharder/model/past.hpp"
#include "sharder/run/context.hpp"
#include "sharder/suites/identifiers.hpp"

namespace sharder {

/// What the choice goes by besides the configuration.
struct ChoiceInputs {
  std::string load_list;            // content of the file that --load-list names
  Past past;                        // what earlier runs tell of the tests
  /// Finds what was learnt of the tests under the names that other runners give them.
  std::function<void(Past& past, const std::vector<Test>& tests)> adopt_spellings;
  std::vector<std::string> failed;  // ids that did not pass in the last run, for --failed
  /// Given the ids of all tests and the part that each would get today, says which it gets: the one that it got before,
  /// since all parts of a run must be cut from one division. Without it, today's.
  std::function<std::vector<int>(const std::vector<std::string>& ids, std::vector<int> parts)> settle_partition;
};

/// Throws UsageError for ids of the load list that nobody listed and for bad patterns. Tells of patterns that match
/// nothing, and of the division of --partition.
std::vector<Test> choose_tests(RunContext& context, std::vector<SuiteTests> listed, ChoiceInputs& inputs);

}  // namespace sharder
