// What users call a test: its name, with its program and its suite in front where those are needed.
#pragma once

#include <string>
#include <vector>

#include "sharder/model/test.hpp"

namespace sharder {

struct SuiteTests {
  std::vector<Test> tests;
  std::size_t programs = 0;  // that matched; several make "program:name"
};

struct IdentifiedTests {
  std::vector<Test> tests;           // all suites in order, each test with its id
  std::vector<std::string> notices;  // ids that two tests would share: the later one is dropped
};

/// `several_suites`: the configuration has more than one, whether they are selected or not, so that ids stay
/// the same.
IdentifiedTests assign_identifiers(std::vector<SuiteTests> suites, bool several_suites);

}  // namespace sharder
