#include "sharder/model/bounded_output.hpp"

#include <gtest/gtest.h>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

std::string bounded(std::uint64_t limit, std::string_view bytes, std::size_t step) {
  BoundedOutput output(limit);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size())))
    output.append(bytes.substr(0, step));
  return output.text();
}

TEST(BoundedOutput, KeepsEverythingUpToTheLimit) {
  for (const std::size_t step : {1u, 3u, 100u}) {
    EXPECT_EQ(bounded(10, "0123456789", step), "0123456789");
    EXPECT_EQ(bounded(10, "", step), "");
  }
}

TEST(BoundedOutput, KeepsHeadAndTailInWholeLines) {
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "line " + std::to_string(i) + "\n";
  for (const std::size_t step : {1u, 7u, 5000u, 100000u}) {
    const std::string text = bounded(64, lines, step);
    EXPECT_EQ(text,
              "line 0\nline 1\nline 2\nline 3\n... 8835 bytes left out ...\nline 997\nline 998\nline 999\n");
  }
}

TEST(BoundedOutput, CutsLongLinesBetweenCharacters) {
  std::string line;
  for (int i = 0; i < 5000; ++i) line += "ü€𝄞";
  for (std::uint64_t limit = 40; limit < 60; ++limit) {
    const std::string text = bounded(limit, line, 11);
    EXPECT_EQ(valid_utf8(text), text);
    EXPECT_NE(text.find("bytes left out"), std::string::npos);
  }
}

TEST(BoundedOutput, CountsWhatItLeavesOut) {
  BoundedOutput output(0);
  output.append("abc");
  EXPECT_EQ(output.text(), "... 3 bytes left out ...\n");
  EXPECT_EQ(output.total_bytes(), 3u);
  output.clear();
  EXPECT_TRUE(output.empty());
}

TEST(BoundedOutput, SurvivesBytesThatAreNoText) {
  const std::string bytes(1000, '\x80');
  EXPECT_FALSE(bounded(64, bytes, 13).empty());
}

}  // namespace
}  // namespace sharder
