#include "sharder/suites/selection.hpp"

#include <gtest/gtest.h>

#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

std::vector<sharder::Test> some_tests() {
  std::vector<sharder::Test> tests;
  for (const char* id : {"unit/parse.number", "unit/parse.word", "slow/network.get", "slow/network.put"}) {
    sharder::Test& test = tests.emplace_back();
    test.id = id;
    test.suite = test.id.substr(0, test.id.find('/'));
    test.name = test.id.substr(test.id.find('/') + 1);
    if (test.name == "network.get") test.tags = {"slow"};
  }
  return tests;
}

std::string selected(const SelectionConfig& selection, std::string_view load_list = "") {
  std::vector<std::string> ids;
  const Selection result = select_tests(some_tests(), selection, load_list);
  for (const sharder::Test& test : result.tests) ids.push_back(test.id);
  for (const std::string& notice : result.notices) ids.push_back("! " + notice);
  return join(ids, "\n");
}

TEST(Selection, TakesEverythingWithoutAPattern) {
  EXPECT_EQ(split_lines(selected({})).size(), 4u);
}

TEST(Selection, TakesWhatAnyPatternMatchesAndNoneExcludes) {
  EXPECT_EQ(selected({.patterns = {"number", "tag:slow"}}), "unit/parse.number\nslow/network.get");
  EXPECT_EQ(selected({.patterns = {"re:^slow/.*", "!tag:slow"}}), "slow/network.put");
  EXPECT_EQ(selected({.patterns = {"!network"}}), "unit/parse.number\nunit/parse.word");
}

TEST(Selection, TakesWholeIdsOnly) {
  EXPECT_EQ(selected({.patterns = {"unit/parse.word"}, .exact = true}), "unit/parse.word");
  EXPECT_EQ(selected({.patterns = {"unit/parse.wor"}, .exact = true}),
            "! no test matches \"unit/parse.wor\" (did you mean \"unit/parse.word\"?)");
}

TEST(Selection, TakesOneSuite) {
  EXPECT_EQ(selected({.suites = {"slow"}}), "slow/network.get\nslow/network.put");
}

TEST(Selection, NamesAPatternThatMatchesNothing) {
  EXPECT_EQ(selected({.patterns = {"number", "nothing at all"}}),
            "unit/parse.number\n! no test matches \"nothing at all\"");
}

TEST(Selection, FollowsTheOrderOfALoadList) {
  EXPECT_EQ(selected({.load_list = "-"}, "slow/network.put\n\nunit/parse.word\r\nslow/network.put\n"),
            "slow/network.put\nunit/parse.word");
}

TEST(Selection, RefusesUnknownIdsOfALoadList) {
  try {
    selected({.load_list = "-"}, "unit/parse.wurd\nunit/parse.word\nelsewhere\n");
    FAIL() << "accepted";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "the load list names 2 ids that no suite lists:\n  unit/parse.wurd (did you mean "
                 "\"unit/parse.word\"?)\n"
                 "  elsewhere");
  }
}

TEST(Selection, RefusesABadExpression) {
  EXPECT_THROW(selected({.patterns = {"re:("}}), UsageError);
}

}  // namespace
}  // namespace sharder
