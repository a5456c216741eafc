#include "sharder/plan/ties.hpp"

#include <gtest/gtest.h>

namespace sharder {
namespace {

Test named(const std::string& name) {
  Test test;
  test.id = test.name = name;
  return test;
}

/// start and stop set up and clean up "db"; query and write require it; alone does not; late depends on write.
std::vector<Test> database_suite() {
  std::vector<sharder::Test> tests{named("start"), named("query"), named("alone"),
                                   named("write"), named("stop"),  named("late")};
  tests[0].fixtures_setup = tests[4].fixtures_cleanup = {"db"};
  tests[1].fixtures_required = tests[3].fixtures_required = {"db"};
  tests[5].depends = {"write"};
  return tests;
}

TEST(Ties, TellsFixturesFromOrdinaryTests) {
  const std::vector<sharder::Test> tests = database_suite();
  const Ties ties(tests);
  EXPECT_EQ(ties.role(0), FixtureRole::setup);
  EXPECT_EQ(ties.role(4), FixtureRole::cleanup);
  EXPECT_EQ(ties.role(1), FixtureRole::none);
  EXPECT_TRUE(ties.tied(1));
  EXPECT_FALSE(ties.tied(2));
}

TEST(Ties, RunsAFixtureNobodyRequiresAsAnOrdinaryTest) {
  std::vector<sharder::Test> tests{named("start")};
  tests[0].fixtures_setup = {"db"};
  EXPECT_EQ(Ties(tests).role(0), FixtureRole::none);
}

TEST(Ties, NamesWhatMustRunBeforeATestOncePerClone) {
  const std::vector<sharder::Test> tests = database_suite();
  const Ties ties(tests);
  EXPECT_EQ(ties.prelude(5, {}), (std::vector<TestIndex>{0, 3}));
  EXPECT_EQ(ties.prelude(5, {0}), (std::vector<TestIndex>{3}));
  EXPECT_EQ(ties.prelude(5, {0, 3}), std::vector<TestIndex>{});
  EXPECT_EQ(ties.cleanups({0, 3}), std::vector<TestIndex>{4});
}

TEST(Ties, OweACleanUpToItsSetUpAlone) {
  const std::vector<sharder::Test> tests = database_suite();
  EXPECT_EQ(Ties(tests).cleanups({0}), std::vector<TestIndex>{4});
}

TEST(Ties, TakeNothingDownThatAnotherCleanUpRequires) {
  std::vector<sharder::Test> tests = database_suite();
  tests.push_back(named("fill"));
  tests.push_back(named("read"));
  tests.push_back(named("empty"));
  tests[6].fixtures_setup = tests[8].fixtures_cleanup = {"rows"};
  tests[7].fixtures_required = {"rows"};
  tests[8].fixtures_required = {"db"};
  const std::vector<TestIndex> empty_then_stop{8, 4};
  EXPECT_EQ(Ties(tests).cleanups({6}), empty_then_stop) << "owed by the clean-up alone";
  EXPECT_EQ(Ties(tests).cleanups({0, 6}), empty_then_stop);
  tests[4].fixtures_required = {"rows"};
  EXPECT_EQ(Ties(tests).cleanups({0, 6}).size(), 2u) << "a circle has no order, but all run";
}

TEST(Ties, SetUpWhatACleanUpIsToUndo) {
  const std::vector<sharder::Test> tests = database_suite();
  const Ties ties(tests);
  EXPECT_EQ(ties.prelude(4, {}), std::vector<TestIndex>{0});
  EXPECT_TRUE(ties.setups(4).empty());  // it runs even where that failed
}

TEST(Ties, PutsTestsLinkedByDependsIntoOneChain) {
  const std::vector<sharder::Test> tests = database_suite();
  const Ties ties(tests);
  EXPECT_EQ(ties.chain(3), ties.chain(5));
  EXPECT_GE(ties.chain(3), 0);
  EXPECT_EQ(ties.chain(1), -1);
}

TEST(Ties, NamesACycle) {
  std::vector<sharder::Test> tests{named("a"), named("b")};
  tests[0].depends = {"b"};
  tests[1].depends = {"a"};
  EXPECT_FALSE(Ties(tests).cycle().empty());
  tests[1].depends.clear();
  EXPECT_TRUE(Ties(tests).cycle().empty());
}

TEST(SelectFixtures, AddsWhatASelectedTestRequires) {
  const std::vector<sharder::Test> tests = database_suite();
  std::vector<bool> selected{false, true, false, false, false, false};
  select_fixtures(tests, selected);
  EXPECT_EQ(selected, (std::vector<bool>{true, true, false, false, true, false}));
}

}  // namespace
}  // namespace sharder
