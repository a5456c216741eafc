#include "sharder/report/journal/earlier_run.hpp"

#include <gtest/gtest.h>

namespace sharder {
namespace {

class EarlierRunTest : public testing::Test {
 protected:
  void add(EventPayload payload) {
    events_.push_back(
        {.sequence = events_.size() + 1, .elapsed = Seconds(events_.size()), .payload = std::move(payload)});
  }
  void begin(const std::vector<std::string>& ids) {
    RunStarted started;
    started.run_id = "r";
    add(started);
    for (const std::string& id : ids) {
      auto test = std::make_shared<sharder::Test>();
      test->id = id;
      add(TestListed{std::move(test)});
    }
  }
  void attempt(TestIndex test, int number, Outcome outcome) {
    add(AttemptStarted{test, number, 0, "c"});
    AttemptRecord record;
    record.test = test;
    record.attempt = number;
    record.outcome = outcome;
    add(AttemptFinished{record});
  }
  JournalContent journal() const { return {events_, 0, events_.size()}; }
  std::string settled() const {
    std::string text;
    const EarlierRun earlier = earlier_run(journal());
    for (const Event& event : earlier.settled) {
      if (const auto* started = std::get_if<AttemptStarted>(&event.payload))
        text += "s" + std::to_string(started->test);
      if (const auto* ended = std::get_if<AttemptFinished>(&event.payload))
        text += "e" + std::to_string(ended->record.test);
      if (const auto* judged = std::get_if<TestFinished>(&event.payload)) text += "v" + std::to_string(judged->test);
      text += ' ';
    }
    return text;
  }
  std::vector<Event> events_;
};

TEST_F(EarlierRunTest, AListIsCompleteWhenSomethingFollowsIt) {
  begin({"a", "b"});
  EXPECT_TRUE(earlier_run(journal()).tests.empty()) << "killed while it was being written";
  add(AttemptStarted{0, 1, 0, "c"});
  EXPECT_EQ(earlier_run(journal()).tests.size(), 2u);
}

TEST_F(EarlierRunTest, AListThatWasNotCompleteIsNotCompletedByTheNextPart) {
  begin({"a"});
  begin({});
  add(BaseReady{});
  EXPECT_TRUE(earlier_run(journal()).tests.empty()) << "killed again before it had listed";
}

TEST_F(EarlierRunTest, AListThatNothingFollowedIsCompleteWhenTheNextPartHasRunATest) {
  begin({"a", "b"});
  begin({});
  add(AttemptStarted{0, 1, 0, "c"});
  EXPECT_EQ(earlier_run(journal()).tests.size(), 2u) << "the reader does not repeat a test that is listed again";
}

TEST_F(EarlierRunTest, VerdictsStayAndAttemptsWithoutEndDoNot) {
  begin({"a", "b"});
  attempt(0, 1, Outcome::passed);
  add(TestFinished{0, Verdict::passed, "", ""});
  add(AttemptStarted{1, 1, 0, "c"});
  EXPECT_EQ(settled(), "s0 e0 v0 ");
  EXPECT_EQ(earlier_run(journal()).last_sequence, events_.size());
  EXPECT_EQ(earlier_run(journal()).elapsed, Seconds(events_.size() - 1));
}

TEST_F(EarlierRunTest, VerdictsThatOnlyTellOfTheEndDoNotStay) {
  begin({"a", "b", "c"});
  attempt(0, 1, Outcome::failed);
  add(TestFinished{0, Verdict::lost, "", ""});
  add(TestFinished{1, Verdict::not_run, "", ""});
  add(TestFinished{2, Verdict::skipped, "", ""});
  EXPECT_EQ(settled(), "s0 e0 v2 ");
}

TEST_F(EarlierRunTest, OfThreePartsTheLastWordCounts) {
  begin({"a"});
  add(TestFinished{0, Verdict::not_run, "", ""});
  begin({});
  add(AttemptStarted{0, 1, 0, "killed"});
  begin({});
  attempt(0, 1, Outcome::passed);
  add(TestFinished{0, Verdict::passed, "", ""});
  EXPECT_EQ(settled(), "s0 e0 v0 ");
}

}  // namespace
}  // namespace sharder
