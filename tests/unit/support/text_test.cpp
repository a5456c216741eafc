#include "sharder/support/text.hpp"

#include <gtest/gtest.h>

namespace sharder {
namespace {

using Words = std::vector<std::string>;

TEST(SplitCommand, SplitsAsAShellDoes) {
  EXPECT_EQ(split_command("a  b\tc"), (Words{"a", "b", "c"}));
  EXPECT_EQ(split_command("sh -c 'echo \"$HOME\"'"), (Words{"sh", "-c", "echo \"$HOME\""}));
  EXPECT_EQ(split_command("a\\ b \"c \\\" \\d\" ''"), (Words{"a b", "c \" \\d", ""}));
  EXPECT_EQ(split_command(""), Words{});
}

TEST(SplitCommand, RefusesAnOpenQuote) {
  EXPECT_EQ(split_command("echo 'a"), std::nullopt);
  EXPECT_EQ(split_command("echo \"a"), std::nullopt);
}

TEST(QuoteForShell, IsReadBackBySplitCommand) {
  for (const std::string word : {"plain", "a b", "it's", "$(x)", "", "ünïcode (1, 2)", "a\nb"})
    EXPECT_EQ(split_command(quote_for_shell(word)), Words{word});
}

TEST(ParseDuration, KnowsItsUnits) {
  EXPECT_DOUBLE_EQ(parse_duration("90s")->count(), 90);
  EXPECT_DOUBLE_EQ(parse_duration("1.5m")->count(), 90);
  EXPECT_DOUBLE_EQ(parse_duration("250ms")->count(), 0.25);
  EXPECT_DOUBLE_EQ(parse_duration("2h")->count(), 7200);
  EXPECT_DOUBLE_EQ(parse_duration("3")->count(), 3);
  EXPECT_FALSE(parse_duration("3 parsecs"));
  EXPECT_FALSE(parse_duration("-1s"));
  EXPECT_FALSE(parse_duration(""));
}

TEST(ParseSize, CountsInPowersOf1024) {
  EXPECT_EQ(parse_size("1MiB"), 1u << 20);
  EXPECT_EQ(parse_size("1.5K"), 1536u);
  EXPECT_EQ(parse_size("2G"), 2ull << 30);
  EXPECT_EQ(parse_size("77"), 77u);
  EXPECT_FALSE(parse_size("7Q"));
}

TEST(Printable, DisarmsWhatCommandsATerminal) {
  EXPECT_EQ(printable("a\x1b[31mb"), "a\\x1b[31mb");
  EXPECT_EQ(printable("ü\n\t\xff"), "ü\n\t\\xff");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");
  EXPECT_EQ(printable("a\u202eb\u2069"), "a\\xe2\\x80\\xaeb\\xe2\\x81\\xa9");
}

TEST(ValidUtf8, ReplacesWhatIsNot) {
  EXPECT_EQ(valid_utf8("ok ü"), "ok ü");
  EXPECT_EQ(valid_utf8("\xc0\xaf"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(valid_utf8("\xed\xa0\x80").find('\xed'), std::string::npos);
}

TEST(Nearest, SuggestsOnlyWhatIsNear) {
  EXPECT_EQ(nearest("framwork", {"framework", "programs"}), "framework");
  EXPECT_EQ(nearest("zzz", {"framework", "programs"}), "");
}

TEST(GlobMatches, KeepsStarsWithinADirectory) {
  EXPECT_TRUE(glob_matches("*_test", "unit_test"));
  EXPECT_FALSE(glob_matches("*_test", "build/unit_test"));
  EXPECT_TRUE(glob_matches("**/*_test", "build/a/unit_test"));
  EXPECT_TRUE(glob_matches("**/*_test", "unit_test"));
  EXPECT_TRUE(glob_matches("/home/*", "/home/ada"));
  EXPECT_FALSE(glob_matches("/home/*", "/home/ada/x"));
  EXPECT_TRUE(glob_matches("t[0-9]*.sh", "t0001-init.sh"));
  EXPECT_FALSE(glob_matches("t[!0-9]*.sh", "t0001-init.sh"));
  EXPECT_TRUE(glob_matches("a?c", "abc"));
  EXPECT_FALSE(glob_matches("a?c", "a/c"));
}

TEST(GlobMatches, KnowsWhatStandsForNothingAndWhatForItself) {
  EXPECT_TRUE(glob_matches("", ""));
  EXPECT_TRUE(glob_matches("**", ""));
  EXPECT_TRUE(glob_matches("a/**/b", "a/b"));
  EXPECT_TRUE(glob_matches("a/**/b", "a/x/y/b"));
  EXPECT_FALSE(glob_matches("a/**/b", "a/xb"));
  EXPECT_TRUE(glob_matches("a**b", "a/x/b"));
  EXPECT_TRUE(glob_matches("*[", "a["));
  EXPECT_TRUE(glob_matches("[x", "[x"));
  EXPECT_FALSE(glob_matches("*?", "a/"));
  EXPECT_FALSE(glob_matches("*[0-9]?", ""));
}

// Backtracking would not come back from this within the life of the universe.
TEST(GlobMatches, TakesNoExponentialTime) {
  std::string pattern, doubled;
  for (int i = 0; i < 40; ++i) pattern += "*a", doubled += "**a";
  const std::string path(2000, 'a');
  EXPECT_TRUE(glob_matches(pattern, path));
  EXPECT_FALSE(glob_matches(pattern + "b", path));
  EXPECT_FALSE(glob_matches(doubled + "/b", path));
}

TEST(ParseDuration, RefusesWhatNoNumberCanHold) {
  EXPECT_TRUE(parse_duration("1e300d"));
  EXPECT_FALSE(parse_duration("1e308d"));
}

TEST(FormatDuration, SuitsPeople) {
  EXPECT_EQ(format_duration(std::chrono::duration<double>{0.01}), "10 ms");
  EXPECT_EQ(format_duration(std::chrono::duration<double>{2.34}), "2.3 s");
  EXPECT_EQ(format_duration(std::chrono::duration<double>{59.7}), "1 min 0 s");
  EXPECT_EQ(format_duration(std::chrono::duration<double>{3720}), "1 h 2 min");
}

}  // namespace
}  // namespace sharder
