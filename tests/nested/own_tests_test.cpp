// The proof that nesting works: sharder's own tests of clones, run by sharder in clones.
#include <map>
#include <sstream>

#include "tests/nested/nested.hpp"

namespace sharder::end_to_end {
namespace {

/// What a clone cannot give to those who make clones in it. Whatever else is skipped is a defect.
const std::map<std::string, std::string> expected_skips{
    {"LxcIsolation.HasAUserNamespaceWithARangeOfItsOwn", "nested in a clone: all clones share its user namespace"},
    {"LxcIsolation.KeepsThePartsOfTheProgramOutOfReach",
     "nested in a clone: the clones' root is the owner of the agent's file"},
    {"LxcNesting.LetsAClonesRootMakeNamespacesMountsAndGroups", "nested in a clone: overlays lie at most two deep"},
    {"LxcOwner.MayWriteTheProjectThatBelongsToSomebodyElse",
     "nested in a clone: its overlays cannot be shown with other owners"},
    {"LxcPrivileged.HasNoUserNamespaceButItsOwnFilesAndProcesses",
     "nested in a clone: the clones' user namespace is this clone's"}};

/// "Suite.Test" of each of the program's tests.
std::set<std::string> tests_of(const std::string& listing) {
  std::set<std::string> tests;
  std::string suite, line;
  for (std::istringstream lines(listing); std::getline(lines, line);) {
    if (!line.starts_with("  ")) suite = line;
    if (line.starts_with("  ")) tests.insert(suite + line.substr(2));
  }
  return tests;
}

TEST_F(Nested, SharderRunsItsOwnTestsOfClonesInClones) {
  outer(std::string("[suite.clones]\nframework = \"googletest\"\nprograms = [\"") + SHARDER_LXC_TESTS +
            "\"]\nenvironment = { SHARDER_REQUIRE_LXC = \"1\" }\n",
        "nesting = true");
  const RunOutcome result = run({"-j", "2", "--reruns", "0"});
  EXPECT_EQ(result.status, 0) << result.all();
  ASSERT_TRUE(result.results.is_object()) << result.all();
  std::set<std::string> reported;
  std::map<std::string, std::string> skips;
  for (const Json& test : result.results.at("results").at("tests")) {
    const std::string name = test.at("name"), message = test.value("message", "");
    reported.insert(name);
    if (test.at("status") == "passed") continue;
    EXPECT_EQ(test.at("status"), "skipped") << name << ": " << message;
    const std::size_t reason = message.find("nested in a clone");
    skips[name] = reason == std::string::npos ? message : message.substr(reason);
  }
  EXPECT_EQ(reported, tests_of(call({SHARDER_LXC_TESTS, "--gtest_list_tests"}).output));
  EXPECT_EQ(skips, expected_skips);
}

}  // namespace
}  // namespace sharder::end_to_end
