#include "sharder/report/mirror/line_queue.hpp"

#include <gtest/gtest.h>

namespace sharder {
namespace {

std::string drain(LineQueue& queue) {
  std::string all;
  while (!queue.empty()) {
    all += queue.front();
    queue.advance(queue.front().size());
  }
  return all;
}

TEST(LineQueue, GivesWhatItWasGivenInOrder) {
  LineQueue queue(100);
  for (const char* line : {"a\n", "bb\n", "c\n"}) queue.push(line);
  EXPECT_EQ(drain(queue), "a\nbb\nc\n");
  EXPECT_EQ(queue.gone(), 3u);
  EXPECT_EQ(queue.dropped(), 0u);
}

TEST(LineQueue, DropsTheOldestWhereItIsFull) {
  LineQueue queue(6);
  for (const char* line : {"1\n", "2\n", "3\n", "4\n", "5\n"}) queue.push(line);
  EXPECT_EQ(queue.dropped(), 2u);
  EXPECT_EQ(drain(queue), "3\n4\n5\n");
  EXPECT_EQ(queue.pushed(), 5u);
}

TEST(LineQueue, KeepsALineThatHasBegunToGo) {
  LineQueue queue(6);
  queue.push("1234\n");
  queue.advance(2);
  for (const char* line : {"5\n", "6\n"}) queue.push(line);
  EXPECT_EQ(drain(queue), "34\n");
  EXPECT_EQ(queue.dropped(), 2u);
  EXPECT_EQ(queue.gone(), 1u);
}

TEST(LineQueue, DropsALineThatIsLargerThanAll) {
  LineQueue queue(3);
  queue.push("12345\n");
  EXPECT_TRUE(queue.empty());
  queue.push("1\n");
  EXPECT_EQ(drain(queue), "1\n");
  EXPECT_EQ(queue.dropped(), 1u);
}

}  // namespace
}  // namespace sharder
