#include "sharder/config/pattern.hpp"

#include <gtest/gtest.h>

#include "sharder/config/overrides.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

sharder::Test test_called(const std::string& id) {
  return {.id = id, .tags = {"db"}};
}

bool selected(const std::vector<std::string>& texts, const std::string& id) {
  std::vector<Pattern> patterns;
  for (const std::string& text : texts) patterns.emplace_back(text);
  return selects(patterns, test_called(id));
}

TEST(Pattern, IsAPartOfTheIdUnlessItSaysOtherwise) {
  EXPECT_TRUE(Pattern("b.c").matches(test_called("unit/ab.cd")));
  EXPECT_FALSE(Pattern("b.c").matches(test_called("unit/abxcd")));
  EXPECT_TRUE(Pattern("re:b.c$").matches(test_called("unit/abxc")));
  EXPECT_TRUE(Pattern("tag:db").matches(test_called("x")));
  EXPECT_FALSE(Pattern("tag:d").matches(test_called("x")));
}

TEST(Pattern, IsAWholeIdWhereItIsToBeExact) {
  EXPECT_TRUE(Pattern("tag:x", true).matches(test_called("tag:x")));
  EXPECT_FALSE(Pattern("x", true).matches(test_called("xy")));
}

TEST(Pattern, RefusesWhatNamesNothing) {
  for (const char* text : {"", "!", "tag:", "re:", "!re:", "re:("})
    EXPECT_THROW(Pattern{text}, UsageError) << text;
}

TEST(Pattern, SurvivesLongIds) {
  // std::regex recurses by character and overflows the stack here.
  EXPECT_TRUE(Pattern("re:^(a|b)*$").matches(test_called(std::string(200'000, 'a'))) ||
              !Pattern("re:^(a|b)*$").matches(test_called(std::string(200'000, 'a'))));
}

TEST(Selects, TakesTheUnionWithoutWhatIsExcluded) {
  EXPECT_TRUE(selected({}, "a"));
  EXPECT_TRUE(selected({"a", "b"}, "b"));
  EXPECT_FALSE(selected({"a", "b"}, "c"));
  EXPECT_FALSE(selected({"a", "!re:^ab$"}, "ab"));
  EXPECT_TRUE(selected({"!b"}, "a"));
  EXPECT_FALSE(selected({"!b"}, "b"));
}

TEST(Overrides, ApplyOnlyWhatIsSetAndLaterOnesWin) {
  OverrideConfig first{.match = "a", .timeout = Seconds(1), .exclusive = true, .cores = 2, .group = "g"};
  OverrideConfig second{.match = "re:^ab", .timeout = Seconds(2), .locks = std::vector<std::string>{"gpu"}};
  sharder::Test test = test_called("ab");
  apply_overrides({first, second}, test);
  EXPECT_DOUBLE_EQ(test.timeout->count(), 2);
  EXPECT_TRUE(test.exclusive);
  EXPECT_EQ(test.cores, 2);
  EXPECT_EQ(test.group, "g");
  EXPECT_EQ(test.locks, std::vector<std::string>{"gpu"});
}

TEST(Overrides, MayExclude) {
  sharder::Test test = test_called("ab");
  apply_overrides({{.match = "!a", .cores = 2}, {.match = "!z", .cores = 3}}, test);
  EXPECT_EQ(test.cores, 3);
}

}  // namespace
}  // namespace sharder
