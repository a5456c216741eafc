#include "sharder/report/mirror/mirror.hpp"

#include <gtest/gtest.h>

#include "tests/unit/report/journal_lines.hpp"
#include "tests/unit/report/sample_run.hpp"

namespace sharder {
namespace {

/// A clock that only the destination's waiting moves.
class FakeTime : public TimeSource {
 public:
  TimePoint now() const override { return now_; }
  std::unique_ptr<Alarm> at(TimePoint, std::function<void()>) override { return nullptr; }
  void pass(std::chrono::milliseconds span) { now_ += span; }

 private:
  TimePoint now_{std::chrono::hours(1)};
};

/// What the test decides of a destination, and what it sees of it.
struct Far {
  std::size_t room = std::size_t{1} << 30;  // bytes that it takes now
  std::size_t room_after_wait = 0;
  bool worth_waiting = false, closed = false;
  int waits = 0;
  std::string taken;
  std::vector<Notice> news;
};

class FakeDestination : public MirrorDestination {
 public:
  FakeDestination(Far& far, FakeTime& time) : far_(far), time_(time) {}
  const std::string& name() const override { return name_; }
  std::size_t take(std::string_view bytes) override {
    const std::size_t count = std::min(bytes.size(), far_.room);
    far_.taken += bytes.substr(0, count);
    far_.room -= count;
    return count;
  }
  std::vector<Notice> news() override { return std::exchange(far_.news, {}); }
  void close() override { far_.closed = true; }
  bool wait(std::chrono::milliseconds most) override {
    ++far_.waits;
    time_.pass(std::min(most, std::chrono::milliseconds(100)));
    far_.room += far_.room_after_wait;
    return far_.worth_waiting;
  }
  std::uint64_t arrived(std::uint64_t taken) const override { return taken; }

 private:
  Far& far_;
  FakeTime& time_;
  std::string name_ = "far";
};

class MirrorTest : public testing::Test {
 protected:
  std::unique_ptr<Mirror> mirror(std::size_t most_bytes = 1 << 20) {
    return std::make_unique<Mirror>(std::make_unique<FakeDestination>(far, time), time,
                                    [this](Notice notice) { told.push_back(notice.text); }, most_bytes);
  }

  FakeTime time;
  Far far;
  std::vector<std::string> told;
};

TEST_F(MirrorTest, HandsOnTheLinesOfTheJournal) {
  const auto tested = mirror();
  feed(*tested, sample_run());
  EXPECT_EQ(far.taken, journal_lines(sample_run()));
  EXPECT_EQ(tested->finish(), "");
  EXPECT_TRUE(far.closed);
}

TEST_F(MirrorTest, KnowsTestsThatWereListedEarlier) {
  EventMaker make;
  make.list("a");
  make(TestFinished{0, Verdict::passed, "", ""});
  const auto tested = mirror();
  tested->recall(make.events[0]);
  tested->consume(make.events[1]);
  EXPECT_NE(far.taken.find("\"test\":\"a\""), std::string::npos);
  EXPECT_EQ(far.taken.find("test.listed"), std::string::npos);
}

TEST_F(MirrorTest, HandsOnLaterWhatFoundNoRoom) {
  far.room = 10;
  const auto tested = mirror();
  feed(*tested, sample_run());
  EXPECT_EQ(far.taken.size(), 10u);
  far.room = 1 << 20;
  tested->tick();
  EXPECT_EQ(far.taken, journal_lines(sample_run()));
}

TEST_F(MirrorTest, CountsWhatTheBoundLeftOutAndWarnsOnce) {
  far.room = 0;
  const auto tested = mirror(500);
  std::vector<Event> events = sample_run();
  const Event end = events.back();
  events.pop_back();
  feed(*tested, events);
  tested->tick();
  tested->tick();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0], "events: far does not keep up: the oldest lines that wait are dropped");
  tested->consume(end);
  far.room = 1 << 20;
  const std::string text = tested->finish();
  const std::string whole = journal_lines(sample_run());
  EXPECT_TRUE(whole.ends_with(far.taken));
  const auto lines = [](const std::string& of) { return std::count(of.begin(), of.end(), '\n'); };
  EXPECT_EQ(text, "events: " + std::to_string(lines(whole) - lines(far.taken)) + " of " + std::to_string(lines(whole)) +
                      " lines did not reach far (journal.ndjson of the run has them all)");
}

TEST_F(MirrorTest, WaitsAtTheEndWhileItIsOfUse) {
  far.room = 0;
  far.room_after_wait = 2000;
  far.worth_waiting = true;
  const auto tested = mirror();
  feed(*tested, sample_run());
  EXPECT_EQ(tested->finish(), "");
  EXPECT_EQ(far.taken, journal_lines(sample_run()));
}

TEST_F(MirrorTest, WaitsNoLongerThanItsPatience) {
  far.room = 0;
  far.worth_waiting = true;
  const auto tested = mirror();
  feed(*tested, sample_run());
  EXPECT_NE(tested->finish(), "");
  EXPECT_EQ(far.waits, Mirror::patience / std::chrono::milliseconds(100));
  EXPECT_FALSE(far.closed);
}

TEST_F(MirrorTest, DoesNotWaitForWhoIsGone) {
  far.room = 0;
  const auto tested = mirror();
  feed(*tested, sample_run());
  EXPECT_NE(tested->finish(), "");
  EXPECT_EQ(far.waits, 1);
}

TEST_F(MirrorTest, TellsOfItsDestinationInTheRunAndOtherwiseAtTheEnd) {
  const auto tested = mirror();
  far.news = {{Notice::Weight::warning, "early"}};
  tested->tick();
  EXPECT_TRUE(told.empty());
  EventMaker make;
  make(RunStarted{});
  make(RunFinished{});
  tested->consume(make.events[0]);
  tested->tick();
  EXPECT_EQ(told, std::vector<std::string>{"early"});
  far.room = 0;
  tested->consume(make.events[1]);
  far.news = {{Notice::Weight::warning, "late"}};
  tested->tick();
  EXPECT_EQ(told.size(), 1u);
  EXPECT_NE(tested->finish().find("\n  late"), std::string::npos);
}

}  // namespace
}  // namespace sharder
