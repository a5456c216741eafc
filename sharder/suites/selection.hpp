// Which of the listed tests are meant: the patterns, suites and load lists of the command line together.
// What one pattern means is config/pattern.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sharder/config/config.hpp"
#include "sharder/model/test.hpp"

namespace sharder {

struct Selection {
  std::vector<Test> tests;
  std::vector<std::string> notices;  // patterns that match nothing, with the id that may have been meant
};

/// The tests that a suite, a pattern and the load list let through; "!" in front of a pattern excludes. In
/// the order of the list, or of the load list where there is one. Throws UsageError for a bad expression and
/// for ids of the load list that nobody listed. That a suite exists is checked where the configuration is
/// read. `load_list` is the content of the file that `selection` names.
Selection select_tests(std::vector<Test> tests, const SelectionConfig& selection, std::string_view load_list);

}  // namespace sharder
