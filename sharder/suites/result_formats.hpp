// What running tests tell, understood: one parser per format of `run`. See ResultParser for what all of them
// promise.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sharder/suites/framework.hpp"

namespace sharder {

/// Judges one test by its process's exit status and, where `test.exit_rules` say so, its output.
std::unique_ptr<ResultParser> make_exit_parser(const Test& test, std::vector<int> skip_statuses);

/// Fails the test with `message` once its process has ended, however it did.
std::unique_ptr<ResultParser> make_failing_parser(std::string name, std::string message);

/// Standard output of a GoogleTest program, line by line while it runs. Only `names` are believed.
std::unique_ptr<ResultParser> make_gtest_parser(std::vector<std::string> names);

/// TAP 12 to 14. With a `file_name` the whole stream is that one test and its lines are cases; without, every
/// line is a test, named by its description.
std::unique_ptr<ResultParser> make_tap_parser(std::string file_name);

/// Subunit, version 1 or 2: the first bytes tell. Results with one of `filter_tags` are of no test. Of the tests in
/// `names` it tells where unittest only names the class or module whose set-up kept them from running.
std::unique_ptr<ResultParser> make_subunit_parser(std::vector<std::string> filter_tags,
                                                  const std::vector<std::string>& names = {});

/// A JUnit XML file. Its test cases are matched with `names` in the usual spellings.
std::unique_ptr<ResultParser> make_junit_parser(std::vector<std::string> names);

}  // namespace sharder
