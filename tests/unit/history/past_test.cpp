// What runs leave in the history, as the plan sees it.
#include <gmock/gmock.h>

#include "tests/unit/history/sample_runs.hpp"

namespace sharder {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PastOf : public HistoryTest {
 protected:
  void record(int number, std::vector<RecordedTest> tests, const std::string& host_class = "box") {
    RecordedRun run = run_of_day(number, host_class);
    run.tests = std::move(tests);
    EXPECT_TRUE(history_->record(run));
  }
  PastTest test(const std::string& id, const std::string& host_class = "box") const {
    const Past past = history_->past("p", host_class);
    const auto found = past.tests.find(id);
    if (found == past.tests.end()) ADD_FAILURE() << "nothing is known of " << id;
    return found == past.tests.end() ? PastTest{} : found->second;
  }

  std::unique_ptr<History> history_ = open();
};

TEST_F(PastOf, NothingIsEmpty) {
  EXPECT_THAT(history_->past("p", "box").tests, IsEmpty());
  EXPECT_EQ(history_->past("p", "box").runs, 0);
  EXPECT_THAT(history_->not_passed_in_last_run("p"), IsEmpty());
}

TEST_F(PastOf, PassesFeedTheDurations) {
  for (int number = 0; number < 5; ++number) record(number, {passed_test("a", 2)});
  EXPECT_EQ(test("a").durations, 5);
  EXPECT_NEAR(test("a").expected.count(), 2, 0.01);
  EXPECT_GE(test("a").order_key.count(), 2);
  EXPECT_EQ(history_->past("p", "box").runs, 5);
  EXPECT_THAT(history_->past("another project", "box").tests, IsEmpty());
}

TEST_F(PastOf, SurvivesClosingTheFile) {
  record(0, {passed_test("a", 2)});
  const double key = test("a").order_key.count();
  history_.reset();
  EXPECT_THAT(files(), ElementsAre("history.db"));
  history_ = open();
  EXPECT_DOUBLE_EQ(test("a").order_key.count(), key);
}

TEST_F(PastOf, FailuresOrderButDoNotSpoilTheDurations) {
  record(0, {passed_test("a", 2)});
  record(1, {test_with("a", Verdict::failed,
                       {attempt_with(1, Outcome::timed_out, 600), attempt_with(2, Outcome::failed, 1)})});
  EXPECT_EQ(test("a").durations, 1);
  EXPECT_DOUBLE_EQ(test("a").expected.count(), 2);
  EXPECT_DOUBLE_EQ(test("a").longest_failure.count(), 600);
  record(2, {passed_test("a", 2)});
  EXPECT_DOUBLE_EQ(test("a").longest_failure.count(), 0) << "it hangs no longer";
}

TEST_F(PastOf, RerunsFeedTheDurationsOnlyWhereThereIsNothingElse) {
  const auto flaky = [](double seconds) {
    return test_with("a", Verdict::flaky,
                     {attempt_with(1, Outcome::failed, 9), attempt_with(2, Outcome::passed, seconds)});
  };
  record(0, {flaky(5)});
  EXPECT_DOUBLE_EQ(test("a").expected.count(), 5);
  record(1, {flaky(50)});
  EXPECT_DOUBLE_EQ(test("a").expected.count(), 5);
}

TEST_F(PastOf, LostAttemptsAreNotHeldAgainstTheTest) {
  record(0, {test_with("a", Verdict::passed,
                       {attempt_with(1, Outcome::lost, 30), attempt_with(2, Outcome::passed, 3)})});
  record(1, {test_with("a", Verdict::passed,
                       {attempt_with(1, Outcome::lost, 30), attempt_with(2, Outcome::passed, 3)})});
  EXPECT_EQ(test("a").durations, 2);
  EXPECT_DOUBLE_EQ(test("a").expected.count(), 3);
  EXPECT_EQ(test("a").longest_failure.count(), 0);
  EXPECT_FALSE(test("a").runs_since_failure);
}

TEST_F(PastOf, SkipsTeachNoDuration) {
  record(0, {test_with("a", Verdict::skipped, {attempt_with(1, Outcome::skipped, 0.001)})});
  EXPECT_EQ(test("a").durations, 0);
  EXPECT_EQ(test("a").last_verdict, Verdict::skipped);
}

TEST_F(PastOf, ListedOnlyTestsRecordNothing) {
  record(0, {test_with("disabled", Verdict::skipped, {}), passed_test("a", 1)});
  EXPECT_EQ(history_->past("p", "box").tests.size(), 1u);
}

TEST_F(PastOf, CountsTheRunsSinceAFailure) {
  record(0, {passed_test("a", 1)});
  EXPECT_FALSE(test("a").runs_since_failure);
  record(1, {test_with("a", Verdict::failed, {attempt_with(1, Outcome::failed, 1)})});
  EXPECT_EQ(test("a").runs_since_failure, 0);
  record(2, {passed_test("a", 1)});
  record(3, {passed_test("b", 1)});
  EXPECT_EQ(test("a").runs_since_failure, 1) << "a run without the test does not count";
}

TEST_F(PastOf, KeepsTheLargestMemoryAndTheMeanOfCpuTime) {
  RecordedTest first = passed_test("a", 1), second = passed_test("a", 1);
  first.attempts[0].usage = Usage{.cpu_seconds = 1, .memory_peak_bytes = 900, .memory_bytes = 500};
  second.attempts[0].usage = Usage{.cpu_seconds = 3, .memory_peak_bytes = 700, .memory_bytes = 600};
  record(0, {first});
  record(1, {second});
  EXPECT_DOUBLE_EQ(test("a").cpu_seconds, 2);
  EXPECT_EQ(test("a").memory_bytes, 600u);
  EXPECT_EQ(test("a").memory_peak_bytes, 900u);
}

TEST_F(PastOf, OtherMachinesIsScaledByTheMedianOfCommonTests) {
  record(0, {passed_test("a", 1), passed_test("b", 2), passed_test("c", 4), passed_test("only there", 8)},
         "fast");
  record(1, {passed_test("a", 3), passed_test("b", 6), passed_test("c", 400)}, "slow");
  EXPECT_NEAR(test("only there", "slow").expected.count(), 24, 1e-6);
  EXPECT_EQ(test("only there", "slow").durations, 1);
  EXPECT_NEAR(test("c", "slow").expected.count(), 400, 1e-6);
  EXPECT_NEAR(test("c", "fast").expected.count(), 4, 1e-6);
  EXPECT_NEAR(test("c", "unheard of").expected.count(), 4, 400) << "nothing in common: as it is";
}

TEST_F(PastOf, OtherMachinesDoesNotHideAFailureHere) {
  record(0, {passed_test("a", 1)}, "fast");
  record(1, {test_with("a", Verdict::failed, {attempt_with(1, Outcome::timed_out, 50)})}, "slow");
  EXPECT_DOUBLE_EQ(test("a", "slow").expected.count(), 1);
  EXPECT_DOUBLE_EQ(test("a", "slow").longest_failure.count(), 50);
}

TEST_F(PastOf, StartupsOfProcessesAreKeptBySuite) {
  RecordedRun run = run_of_day(0);
  run.tests = {passed_test("a", 1)};
  run.process_startup["unit"] = Seconds(0.5);
  history_->record(run);
  EXPECT_DOUBLE_EQ(history_->past("p", "box").process_startup.at("unit").count(), 0.5);
  EXPECT_DOUBLE_EQ(history_->past("p", "other").process_startup.at("unit").count(), 0.5);
}

TEST_F(PastOf, ARunIsRecordedOnce) {
  record(0, {passed_test("a", 1)});
  RecordedRun again = run_of_day(0);
  again.tests = {passed_test("a", 1), test_with("listed", Verdict::not_run, {})};
  EXPECT_FALSE(history_->record(again));
  EXPECT_EQ(history_->past("p", "box").tests.size(), 1u);
}

TEST_F(PastOf, ARunThatWentOnTeachesWhatIsNew) {
  record(0, {passed_test("a", 1), test_with("b", Verdict::failed, {attempt_with(1, Outcome::failed, 1)}),
             test_with("c", Verdict::not_run, {})});
  RecordedRun whole = run_of_day(0);
  whole.tests = {
      passed_test("a", 1),
      test_with("b", Verdict::flaky, {attempt_with(1, Outcome::failed, 1), attempt_with(2, Outcome::passed, 3)}),
      passed_test("c", 2)};
  EXPECT_TRUE(history_->record(whole));
  EXPECT_THAT(history_->not_passed_in_last_run("p"), ElementsAre("b"));
  EXPECT_EQ(history_->past("p", "box").tests.at("c").durations, 1);
  EXPECT_EQ(number("SELECT count(*) FROM attempts"), 4);
  EXPECT_EQ(number("SELECT sum(runs) FROM tests"), 3) << "one run, however many parts it had";
  EXPECT_FALSE(history_->record(whole));
}

TEST_F(PastOf, NotPassedAreFailedFlakyLostAndNotRun) {
  record(0, {passed_test("good", 1), test_with("bad", Verdict::failed, {attempt_with(1, Outcome::failed, 1)}),
             test_with("unsure", Verdict::flaky,
                       {attempt_with(1, Outcome::failed, 1), attempt_with(2, Outcome::passed, 1)}),
             test_with("gone", Verdict::lost, {attempt_with(1, Outcome::lost, 0)}),
             test_with("waiting", Verdict::not_run, {}),
             test_with("skipped", Verdict::skipped, {attempt_with(1, Outcome::skipped, 0)})});
  EXPECT_THAT(history_->not_passed_in_last_run("p"), ElementsAre("bad", "unsure", "gone", "waiting"));
}

TEST_F(PastOf, ARunOfASelectionOnlyTouchesItsTests) {
  record(0, {test_with("bad", Verdict::failed, {attempt_with(1, Outcome::failed, 1)}),
             test_with("worse", Verdict::failed, {attempt_with(1, Outcome::failed, 1)})});
  record(1, {passed_test("bad", 1)});
  EXPECT_THAT(history_->not_passed_in_last_run("p"), ElementsAre("worse"));
}

TEST_F(PastOf, OlderResultsDoNotOverruleNewerOnes) {
  record(5, {passed_test("a", 1)});
  record(1, {test_with("a", Verdict::failed, {attempt_with(1, Outcome::failed, 1)})});
  EXPECT_THAT(history_->not_passed_in_last_run("p"), IsEmpty());
  EXPECT_FALSE(test("a").runs_since_failure);
}

TEST_F(PastOf, ATestThatWasDisabledIsNoLongerWaitedFor) {
  record(0, {test_with("a", Verdict::failed, {attempt_with(1, Outcome::failed, 1)})});
  record(1, {test_with("a", Verdict::skipped, {})});
  EXPECT_THAT(history_->not_passed_in_last_run("p"), IsEmpty());
}

TEST_F(PastOf, KeepsIdsAsTheyAre) {
  const std::string odd = std::string("a'b\"c\0d\xff", 8) + "\n√";
  record(0, {passed_test(odd, 1), passed_test("", 1)});
  EXPECT_EQ(test(odd).durations, 1);
  EXPECT_EQ(test("").durations, 1);
}

TEST_F(PastOf, ACrowdedMachineTeachesNothingAboutTestsThatAreKnown) {
  record(0, {passed_test("a", 2)});
  RecordedRun crowded = run_of_day(1);
  crowded.conditions.workers = 8;
  crowded.conditions.cores = 2;
  crowded.makespan = Seconds(8);
  crowded.tests = {passed_test("a", 8), passed_test("b", 8)};
  for (RecordedTest& test : crowded.tests) test.attempts[0].usage = Usage{.cpu_seconds = 7};
  ASSERT_TRUE(history_->record(crowded));
  EXPECT_NEAR(test("a").expected.count(), 2, 0.01);
  EXPECT_NEAR(test("b").expected.count(), 8, 0.01);
  EXPECT_EQ(test("b").cpu_seconds, 0) << "its share of the processors was not its own";
}

TEST_F(PastOf, MoreWorkersThanCoresTeachWhereTheCoresWereIdle) {
  record(0, {passed_test("a", 2)});
  RecordedRun wide = run_of_day(1);
  wide.conditions.workers = 8;
  wide.conditions.cores = 2;
  wide.makespan = Seconds(8);
  wide.tests = {passed_test("a", 4)};
  wide.tests[0].attempts[0].usage = Usage{.cpu_seconds = 0.1};
  ASSERT_TRUE(history_->record(wide));
  EXPECT_EQ(test("a").durations, 2);
}

}  // namespace
}  // namespace sharder
