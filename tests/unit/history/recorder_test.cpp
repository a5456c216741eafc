// What of a run reaches the history, and when nothing does.
#include <gmock/gmock.h>

#include "sharder/history/database.hpp"
#include "sharder/history/questions.hpp"
#include "sharder/history/recorder.hpp"
#include "tests/unit/history/sample_runs.hpp"
#include "tests/unit/report/sample_run.hpp"

namespace sharder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class Recording : public HistoryTest {
 protected:
  static RecordedConditions conditions() { return {"p", "box", "base of the flags", "auto", 9, 9}; }
  std::vector<PastAttempt> all_attempts() const {
    std::vector<PastAttempt> attempts;
    for_each_attempt(history_->database(), "p", [&](const PastAttempt& past) { attempts.push_back(past); });
    return attempts;
  }

  std::unique_ptr<History> history_ = open();
};

TEST_F(Recording, KeepsEveryAttemptAsItWas) {
  HistoryRecorder recorder(*history_, conditions());
  feed(recorder, sample_run());
  EXPECT_EQ(recorder.finish(), "");
  const std::vector<PastAttempt> attempts = all_attempts();
  std::size_t finished = 0;
  for (const Event& event : sample_run())
    finished += std::holds_alternative<AttemptFinished>(event.payload) ? 1 : 0;
  ASSERT_THAT(attempts, SizeIs(finished));
  EXPECT_EQ(attempts.front().run_id, sample_start().run_id);
  EXPECT_EQ(attempts.front().conditions.base, sample_start().base);
  EXPECT_EQ(attempts.front().conditions.host_class, "box");
  EXPECT_EQ(attempts.front().conditions.order, "auto");
  EXPECT_EQ(attempts.front().conditions.workers, sample_start().workers);
  EXPECT_EQ(attempts.front().conditions.seed, sample_start().seed);
  for (std::size_t i = 0; i < attempts.size(); ++i)
    EXPECT_EQ(attempts[i].attempt.position, static_cast<int>(i));
}

TEST_F(Recording, OfAKilledRunLeavesNothing) {
  std::vector<Event> events = sample_run();
  events.pop_back();
  HistoryRecorder recorder(*history_, conditions());
  feed(recorder, events);
  EXPECT_EQ(recorder.finish(), "");
  EXPECT_THAT(known_projects(history_->database()), IsEmpty());
}

TEST_F(Recording, WritesNothingBeforeTheEnd) {
  HistoryRecorder recorder(*history_, conditions());
  feed(recorder, sample_run());
  EXPECT_THAT(known_projects(history_->database()), IsEmpty());
}

TEST_F(Recording, WaitsForPlacesOfAttemptsThatOverlap) {
  EventMaker make;
  make(sample_start());
  make.list("slow");
  make.list("quick");
  make(AttemptStarted{0, 1, 0, "c0"});
  make(AttemptStarted{1, 1, 1, "c1"});
  for (const TestIndex test : {1u, 0u}) {
    AttemptRecord record = attempt_of(test, 1, Outcome::passed, 1);
    record.worker = static_cast<int>(test);
    make(AttemptFinished{record});
    make(TestFinished{test, Verdict::passed, {}, {}});
  }
  make(RunFinished{});
  HistoryRecorder recorder(*history_, conditions());
  feed(recorder, make.events);
  recorder.finish();
  const std::vector<PastAttempt> attempts = all_attempts();
  ASSERT_THAT(attempts, SizeIs(2));
  EXPECT_EQ(attempts[0].test, "slow");
  EXPECT_EQ(attempts[1].test, "quick");
}

TEST_F(Recording, TellsOfALockInsteadOfFailing) {
  HistoryRecorder recorder(*history_, conditions());
  feed(recorder, sample_run());
  Database other(file(), Database::Access::read_write, 0);
  other.execute("BEGIN IMMEDIATE");
  EXPECT_THAT(recorder.finish(), HasSubstr("locked by another program: this run is not recorded"));
  other.execute("ROLLBACK");
  EXPECT_THAT(known_projects(history_->database()), IsEmpty());
}

TEST_F(Recording, DoesNothingWhereTheHistoryIsReadOnly) {
  history_.reset();
  std::filesystem::permissions(file(), std::filesystem::perms(0444));
  const OpenedHistory opened = open_with_notices();
  ASSERT_TRUE(opened.history);
  HistoryRecorder recorder(*opened.history, conditions());
  feed(recorder, sample_run());
  EXPECT_EQ(recorder.finish(), "");
}

TEST_F(Recording, BeginsAnewWhereTheFileIsDamaged) {
  history_->record(run_of_day(0));
  HistoryRecorder recorder(*history_, conditions());
  feed(recorder, sample_run());
  execute(
      "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 99999 WHERE name = 'attempts'; "
      "PRAGMA schema_version = 1000");
  EXPECT_THAT(recorder.finish(), HasSubstr("damaged"));
  EXPECT_FALSE(all_attempts().empty());
}

TEST_F(Recording, KeepsTheMeanStartOfASuitesProcesses) {
  HistoryRecorder recorder(*history_, conditions());
  feed(recorder, sample_run());
  RunFinished finished;
  finished.process_startup["unit"] = Seconds(2);
  recorder.consume({.payload = finished});
  recorder.finish();
  EXPECT_DOUBLE_EQ(history_->past("p", "box").process_startup.at("unit").count(), 2);
}

TEST_F(Recording, PrunesAttemptsButNotWhatWasLearnt) {
  for (int number = 0; number < 5; ++number) {
    RecordedRun run = run_of_day(number);
    run.tests = {passed_test("a", 2)};
    history_->record(run);
  }
  const Pruned pruned = prune(history_->database(), "p", 2);
  EXPECT_EQ(pruned.runs, 3);
  EXPECT_EQ(pruned.kept, 2);
  EXPECT_EQ(pruned.attempts, 3);
  std::vector<std::string> kept;
  for (const PastAttempt& past : all_attempts()) kept.push_back(past.run_id);
  EXPECT_THAT(kept, ElementsAre("run-3-box", "run-4-box"));
  EXPECT_EQ(history_->past("p", "box").tests.at("a").durations, 5);
  EXPECT_FALSE(history_->record(run_of_day(0))) << "a run that was forgotten is not recorded again";
  EXPECT_EQ(prune(history_->database(), "p", 2).runs, 0);
  EXPECT_EQ(prune(history_->database(), "another project", 0).runs, 0);
}

TEST_F(Recording, ListsWorstFlakyTestsFirst) {
  const auto flaky = [](const std::string& id) {
    return test_with(id, Verdict::flaky,
                     {attempt_with(1, Outcome::failed, 1), attempt_with(2, Outcome::passed, 1)});
  };
  for (int number = 0; number < 4; ++number) {
    RecordedRun run = run_of_day(number);
    run.tests = {number == 1 ? flaky("rarely") : passed_test("rarely", 1),
                 number < 3 ? flaky("often") : passed_test("often", 1),
                 test_with("broken", Verdict::failed, {attempt_with(1, Outcome::failed, 1)})};
    run.tests[1].cause = "load";
    history_->record(run);
  }
  const std::vector<Troubles> tests = flaky_tests(history_->database(), "p");
  ASSERT_THAT(tests, SizeIs(2));
  EXPECT_EQ(tests[0].id, "often");
  EXPECT_EQ(tests[0].flaky, 3);
  EXPECT_EQ(tests[0].runs, 4);
  EXPECT_EQ(tests[0].cause, "load");
  EXPECT_EQ(tests[0].last, day(2));
  EXPECT_EQ(tests[1].id, "rarely");
}

}  // namespace
}  // namespace sharder
