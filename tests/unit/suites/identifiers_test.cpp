#include "sharder/suites/identifiers.hpp"

#include <gtest/gtest.h>

#include "sharder/suites/groups.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

struct Parts {
  std::string suite, program, name;
};

sharder::Test test_of(const Parts& parts) {
  sharder::Test test;
  test.suite = parts.suite;
  test.program = parts.program;
  test.name = parts.name;
  return test;
}

std::string ids(std::vector<SuiteTests> suites, bool several_suites) {
  std::vector<std::string> ids;
  for (const sharder::Test& test : assign_identifiers(std::move(suites), several_suites).tests)
    ids.push_back(test.id);
  return join(ids, " ");
}

TEST(Identifiers, AreTheNamesAlone) {
  EXPECT_EQ(ids({{{test_of({"unit", "build/a_test", "A.b"})}, 1}}, false), "A.b");
}

TEST(Identifiers, NameTheProgramWhereSeveralMatch) {
  EXPECT_EQ(
      ids({{{test_of({"u", "a_test", "A.b"}), test_of({"u", "b_test", "A.b"}), test_of({"u", "c", "c"})}, 3}},
          false),
      "a_test:A.b b_test:A.b c");
}

TEST(Identifiers, NameTheSuiteWhereThereAreSeveral) {
  EXPECT_EQ(ids({{{test_of({"u", "", "a"})}, 0}, {{test_of({"v", "p", "a"})}, 2}}, true), "u/a v/p:a");
}

TEST(Identifiers, DropASecondTestOfTheSameName) {
  const IdentifiedTests tests =
      assign_identifiers({{{test_of({"u", "p", "q:a"}), test_of({"u", "p:q", "a"})}, 2}}, false);
  EXPECT_EQ(tests.tests.size(), 1u);
  ASSERT_EQ(tests.notices.size(), 1u);
  EXPECT_EQ(tests.notices[0], "two tests are called \"p:q:a\": the second one is dropped");
}

std::string group(const std::string& group_by, const Parts& parts) {
  sharder::Test test = test_of(parts);
  Grouping(group_by).apply(test);
  return test.group;
}

TEST(Grouping, KeepsAFileTogether) {
  EXPECT_EQ(group("file", {"", "", "tests/a.py::C::test[x::y]"}), "tests/a.py");
  EXPECT_EQ(group("file", {"", "build/a_test", "A.b"}), "build/a_test");
  EXPECT_EQ(group("file", {"", "", "package.module.C.test(a.b)"}), "package.module");
  EXPECT_EQ(group("file", {"", "", "word"}), "");
}

TEST(Grouping, KeepsAClassTogether) {
  EXPECT_EQ(group("class", {"", "", "tests/a.py::C::test[x::y]"}), "tests/a.py::C");
  EXPECT_EQ(group("class", {"", "p", "A/B.c/0"}), "p:A/B");
  EXPECT_EQ(group("class", {"", "", "package.module.C.test(a.b)"}), "package.module.C");
}

TEST(Grouping, FollowsAnExpression) {
  EXPECT_EQ(group("re:^([a-z]+)_", {"", "", "network_x"}), "network");
  EXPECT_EQ(group("re:net", {"", "", "network_x"}), "net");
  EXPECT_EQ(group("re:^db", {"", "", "network_x"}), "");
  EXPECT_THROW(Grouping("re:("), ConfigError);
  EXPECT_THROW(Grouping("files"), ConfigError);
}

TEST(Grouping, LeavesAGroupThatTheListGave) {
  sharder::Test test = test_of({"", "", "a::b"});
  test.group = "mine";
  Grouping("file").apply(test);
  EXPECT_EQ(test.group, "mine");
}

}  // namespace
}  // namespace sharder
