#include "sharder/suites/identifiers.hpp"

#include <unordered_set>
#include <utility>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

std::string identifier(const Test& test, bool several_programs, bool several_suites) {
  std::string id;
  if (several_suites) id += test.suite + "/";
  // A program that is one test is named by itself.
  if (several_programs && !test.program.empty() && test.program != test.name) id += test.program + ":";
  return id += test.name;
}

}  // namespace

IdentifiedTests assign_identifiers(std::vector<SuiteTests> suites, bool several_suites) {
  IdentifiedTests result;
  std::unordered_set<std::string> ids;
  for (SuiteTests& suite : suites) {
    for (Test& test : suite.tests) {
      test.id = identifier(test, suite.programs > 1, several_suites);
      if (ids.insert(test.id).second)
        result.tests.push_back(std::move(test));
      else
        result.notices.push_back("two tests are called \"" + printable(test.id) +
                                 "\": the second one is dropped");
    }
  }
  return result;
}

}  // namespace sharder
