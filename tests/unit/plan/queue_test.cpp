#include "sharder/plan/queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sharder {
namespace {

class QueueTest : public ::testing::Test {
 protected:
  Queue make(int workers, bool dissolve = false) {
    ties_.emplace(tests_);
    std::vector<TestIndex> order(tests_.size());
    for (TestIndex i = 0; i < order.size(); ++i) order[i] = i;
    return Queue(tests_, *ties_, order, {.cores = workers, .dissolve_locks = dissolve},
                 [this](const sharder::Test&) { return gate_open_; });
  }
  sharder::Test& add(const std::string& name) {
    tests_.push_back({});
    tests_.back().id = tests_.back().name = name;
    return tests_.back();
  }

  std::vector<sharder::Test> tests_;
  std::optional<Ties> ties_;
  bool gate_open_ = true;
};

TEST_F(QueueTest, HandsOutEveryTestExactlyOnce) {
  for (int i = 0; i < 20; ++i) add(std::to_string(i)).group = i % 3 == 0 ? "g" : "";
  Queue queue = make(3);
  std::vector<TestIndex> taken;
  for (int turn = 0; turn < 30; ++turn)
    if (const auto test = queue.take(turn % 3)) {
      taken.push_back(*test);
      queue.release(*test);
    }
  std::sort(taken.begin(), taken.end());
  ASSERT_EQ(taken.size(), 20u);
  EXPECT_TRUE(std::adjacent_find(taken.begin(), taken.end()) == taken.end());
}

TEST_F(QueueTest, RunsAnExclusiveTestAlone) {
  add("a");
  add("alone").exclusive = true;
  add("b");
  Queue queue = make(3);
  EXPECT_EQ(queue.take(0), TestIndex{0});
  EXPECT_EQ(queue.take(1), TestIndex{2});
  EXPECT_EQ(queue.take(2), std::nullopt);
  queue.release(0);
  queue.release(2);
  EXPECT_EQ(queue.take(2), TestIndex{1});
  EXPECT_EQ(queue.take(0), std::nullopt);
}

TEST_F(QueueTest, NeverLetsTwoHoldersOfALockRunAtOnce) {
  add("a").locks = {"db"};
  add("b").locks = {"db", "gpu"};
  add("c").locks = {"gpu"};
  Queue queue = make(3);
  EXPECT_EQ(queue.take(0), TestIndex{0});
  EXPECT_EQ(queue.take(1), TestIndex{2});
  EXPECT_EQ(queue.take(2), std::nullopt);
  queue.release(0);
  EXPECT_EQ(queue.take(2), std::nullopt);
  queue.release(2);
  EXPECT_EQ(queue.take(2), TestIndex{1});
}

TEST_F(QueueTest, DissolvesLocksOnRequest) {
  add("a").locks = {"db"};
  add("b").locks = {"db"};
  add("c").exclusive = true;
  Queue queue = make(3, true);
  EXPECT_TRUE(queue.take(0) && queue.take(1) && queue.take(2));
}

TEST_F(QueueTest, WaitsForLocksThatOtherRunsHold) {
  add("a").locks = {"db"};
  Queue queue = make(1);
  gate_open_ = false;
  EXPECT_EQ(queue.take(0), std::nullopt);
  gate_open_ = true;
  EXPECT_EQ(queue.take(0), TestIndex{0});
}

TEST_F(QueueTest, CountsTheCoresOfWideTests) {
  add("wide").cores = 3;
  add("narrow");
  add("huge").cores = 64;
  Queue queue = make(4);
  EXPECT_EQ(queue.take(0), TestIndex{0});
  EXPECT_EQ(queue.take(1), TestIndex{1});
  EXPECT_EQ(queue.take(2), std::nullopt);
  queue.release(0);
  EXPECT_EQ(queue.take(2), std::nullopt);
  queue.release(1);
  EXPECT_EQ(queue.take(2), TestIndex{2});
}

TEST_F(QueueTest, KeepsAGroupInOneWorkerWhileOthersHaveWork) {
  add("a1").group = "a";
  add("a2").group = "a";
  add("b");
  Queue queue = make(3);
  EXPECT_EQ(queue.take(0), TestIndex{0});
  EXPECT_EQ(queue.take(1), TestIndex{2});
  EXPECT_EQ(queue.take(1), TestIndex{1});  // nothing else is left: splitting pays
}

TEST_F(QueueTest, KeepsAChainInOrderAndInOneWorker) {
  add("second").depends = {"first"};
  add("first");
  Queue queue = make(2);
  EXPECT_EQ(queue.take(0), TestIndex{1});
  EXPECT_EQ(queue.take(0), std::nullopt);
  EXPECT_EQ(queue.take(1), std::nullopt);
  queue.release(1);
  queue.mark_ran(1);
  EXPECT_EQ(queue.take(1), std::nullopt);
  EXPECT_EQ(queue.take(0), TestIndex{0});
}

TEST_F(QueueTest, GivesABatchOnlyPlainTestsOfTheSameProgram) {
  for (const char* program : {"x", "x", "y", "x"}) add(program).program = program;
  tests_[1].locks = {"db"};
  Queue queue = make(2);
  ASSERT_EQ(queue.take(0), TestIndex{0});
  EXPECT_EQ(queue.companions(0), 1u);
  EXPECT_EQ(queue.take_companions(0, 10), std::vector<TestIndex>{3});
  EXPECT_EQ(queue.take(1), TestIndex{1});
}

TEST_F(QueueTest, OffersWhatCameBackBeforeAllElse) {
  add("a");
  add("b");
  Queue queue = make(1);
  ASSERT_EQ(queue.take(0), TestIndex{0});
  queue.release(0);
  queue.put_back(0);
  EXPECT_EQ(queue.take(0), TestIndex{0});
}

}  // namespace
}  // namespace sharder
