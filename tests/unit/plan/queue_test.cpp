#include "sharder/plan/queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sharder {
namespace {

class QueueTest : public ::testing::Test {
 protected:
  Queue make(int workers, bool dissolve = false, const std::string& order = "listed") {
    ties_.emplace(tests_);
    estimates_.resize(tests_.size());
    plan_ = make_plan(tests_, *ties_, estimates_, {.order = order, .workers = workers, .dissolve_locks = dissolve});
    return Queue(tests_, *ties_, plan_, [this](const sharder::Test&) { return gate_open_; });
  }
  /// With durations that are known, longest first.
  Queue make_by_duration(int workers, const std::vector<double>& seconds) {
    for (const double each : seconds)
      estimates_.push_back({Seconds{each}, Seconds{each}, Estimate::Source::history, false});
    return make(workers, false, "auto");
  }
  sharder::Test& add(const std::string& name) {
    tests_.push_back({});
    tests_.back().id = tests_.back().name = name;
    return tests_.back();
  }

  std::vector<sharder::Test> tests_;
  std::optional<Ties> ties_;
  std::vector<Estimate> estimates_;
  Plan plan_;
  Seconds now_{0};
  bool gate_open_ = true;
};

TEST_F(QueueTest, HandsOutEveryTestExactlyOnce) {
  for (int i = 0; i < 20; ++i) add(std::to_string(i)).group = i % 3 == 0 ? "g" : "";
  Queue queue = make(3);
  std::vector<TestIndex> taken;
  for (int turn = 0; turn < 30; ++turn)
    if (const auto test = queue.take(turn % 3, now_)) {
      taken.push_back(*test);
      queue.release(*test);
    }
  std::sort(taken.begin(), taken.end());
  ASSERT_EQ(taken.size(), 20u);
  EXPECT_TRUE(std::adjacent_find(taken.begin(), taken.end()) == taken.end());
}

TEST_F(QueueTest, HandsOutAgainWhatIsNoPartOfThePlan) {
  add("settled").group = "g";
  ties_.emplace(tests_);
  estimates_.resize(1);
  plan_ = make_plan(tests_, *ties_, estimates_, {.order = "listed", .workers = 1, .settled = {true}});
  Queue queue(tests_, *ties_, plan_, [](const sharder::Test&) { return true; });
  EXPECT_EQ(queue.take(0, now_), std::nullopt);
  queue.put_back(0);
  EXPECT_EQ(queue.take(0, now_), TestIndex{0});
  queue.release(0);
}

TEST_F(QueueTest, RunsAnExclusiveTestAlone) {
  add("a");
  add("alone").exclusive = true;
  add("b");
  Queue queue = make(3);
  EXPECT_EQ(queue.take(0, now_), TestIndex{0});
  EXPECT_EQ(queue.take(1, now_), TestIndex{2});
  EXPECT_EQ(queue.take(2, now_), std::nullopt);
  queue.release(0);
  queue.release(2);
  EXPECT_EQ(queue.take(2, now_), TestIndex{1});
  EXPECT_EQ(queue.take(0, now_), std::nullopt);
}

TEST_F(QueueTest, NeverLetsTwoHoldersOfALockRunAtOnce) {
  add("a").locks = {"db"};
  add("b").locks = {"db", "gpu"};
  add("c").locks = {"gpu"};
  Queue queue = make(3);
  EXPECT_EQ(queue.take(0, now_), TestIndex{0});
  EXPECT_EQ(queue.take(1, now_), TestIndex{2});
  EXPECT_EQ(queue.take(2, now_), std::nullopt);
  queue.release(0);
  EXPECT_EQ(queue.take(2, now_), std::nullopt);
  queue.release(2);
  EXPECT_EQ(queue.take(2, now_), TestIndex{1});
}

TEST_F(QueueTest, DissolvesLocksOnRequest) {
  add("a").locks = {"db"};
  add("b").locks = {"db"};
  add("c").exclusive = true;
  Queue queue = make(3, true);
  EXPECT_TRUE(queue.take(0, now_) && queue.take(1, now_) && queue.take(2, now_));
}

TEST_F(QueueTest, WaitsForLocksThatOtherRunsHold) {
  add("a").locks = {"db"};
  Queue queue = make(1);
  gate_open_ = false;
  EXPECT_EQ(queue.take(0, now_), std::nullopt);
  gate_open_ = true;
  EXPECT_EQ(queue.take(0, now_), TestIndex{0});
}

TEST_F(QueueTest, CountsTheCoresOfWideTests) {
  add("wide").cores = 3;
  add("narrow");
  add("huge").cores = 64;
  Queue queue = make(4);
  EXPECT_EQ(queue.take(0, now_), TestIndex{0});
  EXPECT_EQ(queue.take(1, now_), TestIndex{1});
  EXPECT_EQ(queue.take(2, now_), std::nullopt);
  queue.release(0);
  EXPECT_EQ(queue.take(2, now_), std::nullopt);
  queue.release(1);
  EXPECT_EQ(queue.take(2, now_), TestIndex{2});
}

TEST_F(QueueTest, KeepsAGroupInOneWorkerWhileOthersHaveWork) {
  add("a1").group = "a";
  add("a2").group = "a";
  add("b");
  Queue queue = make(3);
  EXPECT_EQ(queue.take(0, now_), TestIndex{0});
  EXPECT_EQ(queue.take(1, now_), TestIndex{2});
  EXPECT_EQ(queue.take(1, now_), TestIndex{1});  // nothing else is left: splitting pays
}

TEST_F(QueueTest, KeepsAChainInOrderAndInOneWorker) {
  add("second").depends = {"first"};
  add("first");
  Queue queue = make(2);
  EXPECT_EQ(queue.take(0, now_), TestIndex{1});
  EXPECT_EQ(queue.take(0, now_), std::nullopt);
  EXPECT_EQ(queue.take(1, now_), std::nullopt);
  queue.release(1);
  queue.mark_ran(1);
  EXPECT_EQ(queue.take(1, now_), std::nullopt);
  EXPECT_EQ(queue.take(0, now_), TestIndex{0});
}

TEST_F(QueueTest, GivesABatchOnlyPlainTestsOfTheSameProgram) {
  for (const char* program : {"x", "x", "y", "x"}) add(program).program = program;
  tests_[1].locks = {"db"};
  Queue queue = make(2);
  ASSERT_EQ(queue.take(0, now_), TestIndex{0});
  const BatchLimits limits{.target = Seconds{100}, .unknown = Seconds{1}, .count = 10};
  EXPECT_TRUE(queue.has_companions(0));
  EXPECT_EQ(queue.take_companions(0, limits), std::vector<TestIndex>{3});
  EXPECT_EQ(queue.take(1, now_), TestIndex{1});
}

TEST_F(QueueTest, OffersWhatCameBackBeforeAllElse) {
  add("a");
  add("b");
  Queue queue = make(1);
  ASSERT_EQ(queue.take(0, now_), TestIndex{0});
  queue.release(0);
  queue.put_back(0);
  EXPECT_EQ(queue.take(0, now_), TestIndex{0});
}

TEST_F(QueueTest, CutsABatchByTimeAndNotByCount) {
  for (int i = 0; i < 5; ++i) add(std::to_string(i)).program = "x";
  Queue queue = make_by_duration(1, {5, 4, 3, 2, 1});
  ASSERT_EQ(queue.take(0, now_), TestIndex{0});
  const BatchLimits limits{.target = Seconds{12}, .unknown = Seconds{1}, .count = 10};
  EXPECT_EQ(queue.take_companions(0, limits), (std::vector<TestIndex>{1, 2}));
  EXPECT_EQ(queue.remaining(Seconds{1}, now_), Seconds{15});
}

TEST_F(QueueTest, FillsABatchWithWhatStillFits) {
  for (int i = 0; i < 4; ++i) add(std::to_string(i)).program = "x";
  Queue queue = make_by_duration(1, {5, 4, 3, 1});
  ASSERT_EQ(queue.take(0, now_), TestIndex{0});
  const BatchLimits limits{.target = Seconds{8.5}, .unknown = Seconds{1}, .count = 10};
  EXPECT_EQ(queue.take_companions(0, limits), std::vector<TestIndex>{2});
}

TEST_F(QueueTest, OffersTheLongestFirst) {
  for (const char* name : {"a", "b", "c"}) add(name);
  Queue queue = make_by_duration(3, {1, 3, 2});
  EXPECT_EQ(queue.take(0, now_), TestIndex{1});
  EXPECT_EQ(queue.take(1, now_), TestIndex{2});
  EXPECT_EQ(queue.take(2, now_), TestIndex{0});
}

TEST_F(QueueTest, RunsExclusiveTestsBeforeThereIsAnythingToWaitFor) {
  add("long");
  add("alone").exclusive = true;
  add("alone too").exclusive = true;
  Queue queue = make_by_duration(2, {9, 1, 2});
  EXPECT_EQ(queue.take(0, now_), TestIndex{2});
  EXPECT_EQ(queue.take(1, now_), std::nullopt);
  queue.release(2);
  EXPECT_EQ(queue.take(0, now_), TestIndex{1});
  queue.release(1);
  EXPECT_EQ(queue.take(0, now_), TestIndex{0});
}

TEST_F(QueueTest, RanksALockByAllThatWaitsForIt) {
  add("long");
  for (int i = 0; i < 3; ++i) add(std::to_string(i)).locks = {"db"};
  Queue queue = make_by_duration(1, {2, 1, 1, 1});
  EXPECT_EQ(queue.take(0, now_), TestIndex{1});  // three seconds wait for the lock
  queue.release(1);
  EXPECT_EQ(queue.take(0, now_), TestIndex{0});
}

TEST_F(QueueTest, KeepsCoresForAWideTestAndFillsTheGapWithWhatFits) {
  add("runs").cores = 1;
  add("wide").cores = 2;
  add("too long");
  add("fits");
  // Far shorter than the rest, so that no rule puts the wide one first.
  for (int i = 0; i < 20; ++i) add("more" + std::to_string(i)).group = "";
  std::vector<double> seconds{10, 5, 4, 1};
  seconds.resize(24, 0.5);
  Queue queue = make_by_duration(2, seconds);
  ASSERT_EQ(queue.take(0, now_), TestIndex{0});
  now_ = Seconds{7};  // three seconds are left of the first
  EXPECT_EQ(queue.take(1, now_), TestIndex{3});
}

TEST_F(QueueTest, DividesTheRestOfAGroupInHalves) {
  for (int i = 0; i < 8; ++i) add(std::to_string(i)).group = "g";
  Queue queue = make(2);
  EXPECT_EQ(queue.take(0, now_), TestIndex{0});
  EXPECT_EQ(queue.take(1, now_), TestIndex{4});  // seven are left: three stay, four go
  queue.release(0);
  EXPECT_EQ(queue.take(0, now_), TestIndex{1});
  queue.release(4);
  EXPECT_EQ(queue.take(1, now_), TestIndex{5});
}

TEST_F(QueueTest, GivesTheChainOfAWorkerThatEndedToAnother) {
  add("first");
  add("second").depends = {"first"};
  Queue queue = make(2);
  ASSERT_EQ(queue.take(0, now_), TestIndex{0});
  queue.mark_ran(0);
  queue.release(0);
  EXPECT_EQ(queue.take(1, now_), std::nullopt);
  queue.forget(0);
  EXPECT_EQ(queue.take(1, now_), TestIndex{1});
}

}  // namespace
}  // namespace sharder
