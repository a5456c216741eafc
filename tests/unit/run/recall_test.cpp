#include "sharder/run/recall.hpp"

#include <gtest/gtest.h>

namespace sharder {
namespace {

std::shared_ptr<const Test> test(const std::string& id) {
  auto made = std::make_shared<Test>();
  made->id = made->name = id;
  return made;
}

Test listed(const std::string& id) { return *test(id); }

Event event(EventPayload payload) { return {.payload = std::move(payload)}; }

Event attempt(TestIndex test, int number, Outcome outcome) {
  AttemptRecord record;
  record.test = test;
  record.attempt = number;
  record.outcome = outcome;
  return event(AttemptFinished{record});
}

Event verdict(TestIndex test, Verdict verdict) { return event(TestFinished{test, verdict, "", ""}); }

TEST(Recall, KeepsTheOrderOfTheEarlierList) {
  EarlierRun earlier;
  earlier.tests = {test("b"), test("a")};
  const ContinuedTests continued = continue_with({listed("a"), listed("b"), listed("new")}, earlier);
  ASSERT_EQ(continued.tests.size(), 2u);
  EXPECT_EQ(continued.tests[0].id, "b");
  EXPECT_EQ(continued.tests[1].id, "a");
  EXPECT_EQ(continued.added, 1u);
  EXPECT_TRUE(continued.gone.empty());
}

TEST(Recall, GivesATestThatIsGoneItsVerdictOrNone) {
  EarlierRun earlier;
  earlier.tests = {test("judged"), test("pending")};
  earlier.settled = {attempt(0, 1, Outcome::passed), verdict(0, Verdict::passed)};
  const ContinuedTests continued = continue_with({}, earlier);
  EXPECT_EQ(continued.gone, (std::vector<TestIndex>{0, 1}));
  const Recalled recalled = recall(earlier, continued);
  EXPECT_EQ(recalled.verdicts[0], Verdict::passed);
  EXPECT_EQ(recalled.verdicts[1], Verdict::not_run);
}

TEST(Recall, CountsAttemptsButForgetsMereLosses) {
  EarlierRun earlier;
  earlier.tests = {test("lost"), test("failed")};
  earlier.settled = {attempt(0, 1, Outcome::lost), attempt(0, 2, Outcome::lost), attempt(1, 1, Outcome::failed)};
  const Recalled recalled = recall(earlier, continue_with({listed("lost"), listed("failed")}, earlier));
  EXPECT_EQ(recalled.attempts, (std::vector<int>{2, 1}));
  EXPECT_TRUE(recalled.outcomes[0].empty());
  EXPECT_FALSE(recalled.touched(0));
  EXPECT_TRUE(recalled.touched(1));
  EXPECT_FALSE(recalled.verdicts[1].has_value());
}

}  // namespace
}  // namespace sharder
