#include "sharder/history/partitions.hpp"

#include <gtest/gtest.h>

#include "sharder/history/history.hpp"
#include "tests/unit/report/temporary_directory.hpp"

namespace sharder {
namespace {

class Partitions : public ::testing::Test {
 protected:
  std::vector<int> settled(std::vector<std::string> ids, std::vector<int> today, int parts = 2) {
    return settled_partition(history_->database(), {"p", parts, std::move(ids), std::move(today)}, false);
  }

  TemporaryDirectory directory_;
  std::unique_ptr<History> history_ = open_history(directory_.path() / "history.db").history;
};

TEST_F(Partitions, AreTodaysWhereTheTestsWereNeverDivided) {
  EXPECT_EQ(settled({"a", "b"}, {1, 0}), (std::vector{1, 0}));
}

TEST_F(Partitions, StayAsTheyWereWhateverIsKnownLater) {
  settled({"a", "b", "c"}, {0, 1, 1});
  EXPECT_EQ(settled({"a", "b", "c"}, {1, 1, 0}), (std::vector{0, 1, 1}));
}

TEST_F(Partitions, DoNotDependOnTheOrderOfTheListing) {
  settled({"b", "a"}, {1, 0});
  EXPECT_EQ(settled({"a", "b"}, {1, 1}), (std::vector{0, 1}));
}

TEST_F(Partitions, AreMadeAnewForOtherTestsAndOtherNumbersOfParts) {
  settled({"a", "b"}, {0, 1});
  EXPECT_EQ(settled({"a", "b", "c"}, {1, 1, 0}), (std::vector{1, 1, 0}));
  EXPECT_EQ(settled({"a", "b"}, {2, 2}, 3), (std::vector{2, 2}));
}

}  // namespace
}  // namespace sharder
