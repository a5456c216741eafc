#include "sharder/suites/list_formats.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sharder/support/text.hpp"
#include "tests/unit/suites/event_text.hpp"

namespace sharder {
namespace {

std::string names_of(const Listing& listing) {
  std::string text;
  for (const Test& test : listing.tests) text += test.name + (test.disabled ? " (disabled)\n" : "\n");
  for (const std::string& problem : listing.problems) text += "problem: " + problem + "\n";
  for (const std::string& notice : listing.notices) text += "notice: " + notice + "\n";
  return text;
}

template <typename List>
Listing listing_of(List list) {
  ListingBuilder builder;
  list(builder);
  return builder.finish();
}

const Test& test_named(const Listing& listing, const std::string& name) {
  return *std::find_if(listing.tests.begin(), listing.tests.end(),
                       [&](const Test& test) { return test.name == name; });
}

TEST(ListIds, TakesALineAsItIs) {
  EXPECT_EQ(names_of(listing_of([](auto& listing) { list_ids("a b\r\n\n  \nc::d[ü, (x)]\nlast", listing); })),
            "a b\nc::d[ü, (x)]\nlast\n");
}

TEST(ListIds, DropsWhatIsListedTwiceAndSaysSo) {
  EXPECT_EQ(names_of(listing_of([](auto& listing) { list_ids("a\nb\na\na\n", listing); })),
            "a\nb\nnotice: 2 ids listed twice were dropped, the first is \"a\"\n");
}

TEST(ListIds, RefusesIdsThatCannotBeFed) {
  const std::string output = std::string("a\0b\n", 4) + std::string(20'000, 'x') + "\n";
  const Listing listing = listing_of([&](auto& builder) { list_ids(output, builder); });
  EXPECT_TRUE(listing.tests.empty());
  EXPECT_EQ(listing.problems.size(), 2u);
}

TEST(ListIds, BoundsItsProblems) {
  std::string output;
  for (int i = 0; i < 1000; ++i) output += std::string("a\0\n", 3);
  const Listing listing = listing_of([&](auto& builder) { list_ids(output, builder); });
  EXPECT_EQ(listing.problems.size(), 21u);
  EXPECT_EQ(listing.problems.back(), "... and 980 more");
}

TEST(ListingBuilder, TakesNoMoreThanItsMemoryAndSaysSoOnce) {
  ListingBuilder builder(1 << 20);
  for (int i = 0; i < 10'000; ++i) builder.add(std::to_string(i));
  const Listing listing = builder.finish();
  EXPECT_GT(listing.tests.size(), 1000u);
  EXPECT_LT(listing.tests.size(), 2000u);
  ASSERT_EQ(listing.problems.size(), 1u);
  EXPECT_NE(listing.problems[0].find("take 1.0 MiB of memory"), std::string::npos) << listing.problems[0];
}

TEST(ListingBuilder, CountsWhatIsSaidOfATest) {
  ListingBuilder builder(1 << 20);
  sharder::Test test;
  test.name = "a";
  test.tags.resize(1 << 15);
  builder.add(std::move(test));
  EXPECT_EQ(builder.finish().tests.size(), 0u);
}

TEST(ListGtest, UnderstandsARealList) {
  EXPECT_EQ(
      names_of(listing_of([](auto& listing) { list_gtest(suite_data("gtest_list.txt"), false, listing); })),
      "Plain.Passes\nPlain.FailsTwice\nPlain.Skips\nPlain.PrintsWithoutLineEnd\nPlain.PrintsAForgery\n"
      "Plain.DISABLED_Never (disabled)\nDISABLED_Suite.Any (disabled)\nTyped/0.Works\nTyped/1.Works\n"
      "Some/Param.Holds/0\nSome/Param.Holds/1\nOdd.name: with -* (1 ms)\n");
}

TEST(ListGtest, RunsDisabledTestsWhereTheyAreAskedFor) {
  EXPECT_EQ(names_of(listing_of([](auto& listing) { list_gtest("A.\n  DISABLED_b\n", true, listing); })),
            "A.DISABLED_b\n");
}

TEST(ListGtest, PassesOverGreetings) {
  EXPECT_EQ(names_of(listing_of([](auto& listing) {
              list_gtest("Running main() from gmock_main.cc\n  seed 5\nA.\n  b\n", false, listing);
            })),
            "A.b\n");
}

TEST(ListJson, TakesEveryKey) {
  const Listing listing = listing_of([](auto& builder) {
    list_json(
        R"({"id": "a b", "command": ["sh", "-c", "true"], "directory": "sub", "environment": {"A": "1"},)"
        R"( "timeout": "2m", "locks": ["db"], "cores": 4, "group": "g", "tags": ["slow"]})"
        "\n\n"
        R"({"id": "b", "command": "t 'x y'", "timeout": 1.5})"
        "\n",
        "/p", builder);
  });
  ASSERT_EQ(names_of(listing), "a b\nb\n");
  const sharder::Test& first = listing.tests[0];
  EXPECT_EQ(quote_command(first.command), "sh -c true");
  EXPECT_EQ(first.directory, "/p/sub");
  EXPECT_EQ(first.environment, (std::vector<std::pair<std::string, std::string>>{{"A", "1"}}));
  EXPECT_EQ(first.timeout, Seconds(120));
  EXPECT_EQ(first.locks, std::vector<std::string>{"db"});
  EXPECT_EQ(first.cores, 4);
  EXPECT_EQ(first.group, "g");
  EXPECT_EQ(first.tags, std::vector<std::string>{"slow"});
  EXPECT_EQ(quote_command(listing.tests[1].command), "t 'x y'");
  EXPECT_EQ(listing.tests[1].timeout, Seconds(1.5));
}

TEST(ListJson, NamesTheLineThatIsWrong) {
  const Listing listing = listing_of([](auto& builder) {
    list_json(
        "{\"id\": \"good\"}\nnot json\n[1]\n{\"id\": 3}\n{}\n{\"id\": \"x\", \"cores\": 0}\n"
        "{\"id\": \"x\", \"command\": \"'open\"}\n{\"id\": \"x\", \"timeout\": \"soon\"}\n"
        "{\"id\": \"x\", \"locks\": \"db\"}\n{\"id\": \"x\", \"environment\": {\"A\": 1}}\n",
        "/p", builder);
  });
  EXPECT_EQ(names_of(listing),
            "good\n"
            "problem: line 2 is not a JSON object: not json\n"
            "problem: line 3 is not a JSON object: [1]\n"
            "problem: line 4: \"id\" is not a string\n"
            "problem: line 5: \"id\" is missing\n"
            "problem: line 6: \"cores\" is not a whole number above zero\n"
            "problem: line 7: \"command\" has an open quote\n"
            "problem: line 8: \"timeout\" is not a time\n"
            "problem: line 9: \"locks\" is not an array of strings\n"
            "problem: line 10: \"environment\" is not an object of strings\n");
}

TEST(ListJson, SurvivesDeepNesting) {
  const std::string deep = "{\"id\":" + std::string(100'000, '[') + "\n";
  EXPECT_EQ(listing_of([&](auto& builder) { list_json(deep, "/p", builder); }).problems.size(), 1u);
}

class ListCtest : public testing::Test {
 protected:
  Listing listing_ =
      listing_of([](auto& builder) { list_ctest(suite_data("ctest_list.json"), "/project/build", builder); });
};

TEST_F(ListCtest, TakesEveryProperty) {
  const sharder::Test& test = test_named(listing_, "wf");
  EXPECT_TRUE(test.exit_rules.will_fail);
  EXPECT_EQ(test.exit_rules.skip_return_code, 77);
  EXPECT_EQ(test.exit_rules.pass_expressions, (std::vector<std::string>{"ok", "fine"}));
  EXPECT_EQ(test.exit_rules.fail_expressions, std::vector<std::string>{"bad\\{"});
  EXPECT_EQ(test.exit_rules.skip_expressions, std::vector<std::string>{"skipme"});
  EXPECT_EQ(test.timeout, Seconds(2.5));
  EXPECT_EQ(test.tags, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(test.cores, 2);
  EXPECT_EQ(test.locks, (std::vector<std::string>{"db", "gpu"}));
  EXPECT_TRUE(test.exclusive);
  EXPECT_EQ(test.environment, (std::vector<std::pair<std::string, std::string>>{{"A", "1"}, {"B", "x y"}}));
  EXPECT_EQ(test.directory, "/tmp");
  EXPECT_EQ(test.required_files, (std::vector<std::string>{"/etc/passwd", "/nope"}));
  EXPECT_TRUE(test_named(listing_, "dis").disabled);
}

TEST_F(ListCtest, ChangesTheEnvironmentWhereTheTestRuns) {
  const sharder::Test& test = test_named(listing_, "wf");
  ASSERT_GE(test.command.size(), 5u);
  EXPECT_EQ(test.command[2],
            "PATH=/x${PATH:+:}\"${PATH-}\"; export PATH; C=4; export C; unset D; exec \"$@\"");
  EXPECT_EQ(test.command[4], "/usr/bin/sh");
}

TEST_F(ListCtest, TellsFixturesFromOtherOrder) {
  EXPECT_EQ(test_named(listing_, "wf").fixtures_required, (std::vector<std::string>{"F1", "F2"}));
  EXPECT_EQ(test_named(listing_, "wf").depends, std::vector<std::string>{"good"});
  EXPECT_EQ(test_named(listing_, "setup").fixtures_setup, std::vector<std::string>{"F1"});
  EXPECT_EQ(test_named(listing_, "clean").fixtures_cleanup, std::vector<std::string>{"F1"});
  EXPECT_TRUE(test_named(listing_, "clean").depends.empty());
}

TEST_F(ListCtest, ListsTestsWhoseProgramIsNotBuilt) {
  EXPECT_TRUE(test_named(listing_, "missing").command.empty());
  EXPECT_EQ(listing_.tests.size(), 13u);
  EXPECT_TRUE(listing_.problems.empty());
}

// A recursion would take Boost minutes for a few kilobytes of output, and its text comes out of a clone.
TEST(ListCtestText, LetsNoRecursionInto) {
  const Listing listing = listing_of([](auto& builder) {
    list_ctest(R"({"tests": [{"name": "a", "properties":
                   [{"name": "PASS_REGULAR_EXPRESSION", "value": ["(a(?1)?b)(*x)?"]}]}]})",
               "/b", builder);
  });
  EXPECT_EQ(listing.tests.at(0).exit_rules.pass_expressions.at(0), R"((a(\?1)?b)(\*x)?)");
}

std::string many_values(std::size_t values) {
  std::string output = R"({"tests": [{"name": "a", "x": [0)";
  for (std::size_t i = 0; i < values; ++i) output += ",0";
  return output + "]}]}";
}

TEST(ListCtestText, RefusesATreeThatWouldFillTheMemory) {
  const Listing listing = listing_of([](auto& builder) { list_ctest(many_values(4'000'000), "/b", builder); });
  EXPECT_TRUE(listing.tests.empty());
  ASSERT_EQ(listing.problems.size(), 1u);
  EXPECT_NE(listing.problems[0].find("more than 4000000 values"), std::string::npos) << listing.problems[0];
  EXPECT_EQ(names_of(listing_of([](auto& builder) { list_ctest(many_values(1000), "/b", builder); })), "a\n");
}

TEST(ListJson, RefusesALineThatWouldFillTheMemory) {
  const std::string output = "{\"id\": \"a\"}\n" + many_values(4'000'000) + "\n";
  EXPECT_EQ(names_of(listing_of([&](auto& builder) { list_json(output, "/b", builder); })),
            "a\nproblem: line 2 has more than 4000000 values\n");
}

TEST(ListCtestText, SaysWhatIsWrong) {
  EXPECT_EQ(names_of(listing_of([](auto& builder) { list_ctest("", "/b", builder); })),
            "problem: `ctest --show-only=json-v1` printed nothing (CTest 3.14 or later is needed)\n");
  EXPECT_EQ(names_of(listing_of([](auto& builder) { list_ctest("{\"tests\": 3}", "/b", builder); })),
            "problem: not what `ctest --show-only=json-v1` prints: {\"tests\": 3}\n");
  EXPECT_EQ(names_of(listing_of([](auto& builder) {
              list_ctest(
                  "note\n{\"tests\": [{\"name\": \"a\", \"properties\": [3, {\"name\": "
                  "\"ENVIRONMENT_MODIFICATION\","
                  " \"value\": [\"A=melt:x\"]}], \"command\": [\"t\"]}]}",
                  "/b", builder);
            })),
            "a\nproblem: a: ENVIRONMENT_MODIFICATION \"A=melt:x\" is not understood\n");
}

}  // namespace
}  // namespace sharder
