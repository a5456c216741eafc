// Results of other runners in the history: real files of pytest, GoogleTest, CTest, Surefire, subunit; CTRF.
#include "sharder/history/imports/import.hpp"

#include <gmock/gmock.h>

#include "sharder/history/database.hpp"
#include "sharder/history/questions.hpp"
#include "sharder/history/recorder.hpp"
#include "sharder/history/spellings.hpp"
#include "sharder/report/formats/ctrf.hpp"
#include "sharder/report/formats/junit.hpp"
#include "sharder/support/files.hpp"
#include "tests/unit/history/sample_runs.hpp"
#include "tests/unit/report/sample_run.hpp"

namespace sharder {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::UnorderedElementsAre;

std::filesystem::path sample(const std::string& name) {
  return std::filesystem::path(SHARDER_TEST_DATA) / "unit/history/data" / name;
}

/// GoogleTest's own Test hides ours in a fixture.
using ListedTest = Test;

class Importing : public HistoryTest {
 protected:
  ImportReport import(const std::filesystem::path& path) { return import_results(*history_, target_, path); }
  ImportReport import_text(const std::string& text) {
    write_file(directory_ / "results", text);
    return import(directory_ / "results");
  }
  std::string refusal(const std::string& text) {
    try {
      import_text(text);
    } catch (const Error& error) {
      EXPECT_THAT(known_projects(history_->database()), IsEmpty()) << "something was recorded all the same";
      return error.what();
    }
    ADD_FAILURE() << "it was imported";
    return {};
  }
  Past past() const { return history_->past("p", "box"); }
  std::vector<std::string> ids() const { return test_ids(history_->database(), "p"); }
  PastTest test(const std::string& id) const {
    const Past known = past();
    const auto found = known.tests.find(id);
    if (found == known.tests.end())
      ADD_FAILURE() << id << " is not known, but " << testing::PrintToString(ids());
    return found == known.tests.end() ? PastTest{} : found->second;
  }
  /// A run of ours in which these tests passed.
  void record(const std::vector<ListedTest>& tests) {
    RecordedRun run = run_of_day(10);
    for (const ListedTest& listed : tests) {
      run.tests.push_back(passed_test(listed.id, 1));
      run.tests.back().test = std::make_shared<ListedTest>(listed);
    }
    history_->record(run);
  }
  static ListedTest test_called(const std::string& suite, const std::string& program,
                                const std::string& name) {
    ListedTest test;
    test.suite = suite;
    test.program = program;
    test.name = name;
    test.id = (suite.empty() ? "" : suite + "/") + (program.empty() ? "" : program + ":") + name;
    return test;
  }

  std::unique_ptr<History> history_ = open();
  ImportTarget target_{"p", {"unit"}, {directory_.path()}};
};

TEST_F(Importing, PytestFindsItsIdsByTheFilesOfTheProject) {
  std::filesystem::create_directories(directory_ / "tests/deep");
  write_file(directory_ / "tests/test_shop.py", "");
  write_file(directory_ / "tests/deep/test_more.py", "");
  const ImportReport report = import(sample("pytest.xml"));
  EXPECT_EQ(report.format, "JUnit");
  EXPECT_EQ(report.tests, 9u);
  EXPECT_EQ(report.new_tests, 9u);
  EXPECT_THAT(ids(),
              UnorderedElementsAre(
                  "tests/test_shop.py::test_opens", "tests/test_shop.py::test_price[1::2]",
                  "tests/test_shop.py::test_price[3.50 \\u20ac]", "tests/test_shop.py::TestTill::test_counts",
                  "tests/test_shop.py::TestTill::test_fails", "tests/test_shop.py::TestTill::test_later",
                  "tests/test_shop.py::Old::test_known", "tests/test_shop.py::Old::test_old",
                  "tests/deep/test_more.py::test_error"));
  EXPECT_NEAR(test("tests/test_shop.py::test_opens").expected.count(), 0.026, 1e-9);
  EXPECT_EQ(test("tests/test_shop.py::TestTill::test_later").durations, 0) << "skipped";
  EXPECT_EQ(test("tests/test_shop.py::Old::test_known").durations, 1) << "an expected failure is a pass";
  EXPECT_THAT(history_->not_passed_in_last_run("p"),
              UnorderedElementsAre("tests/test_shop.py::TestTill::test_fails",
                                   "tests/deep/test_more.py::test_error"));
}

TEST_F(Importing, PytestsOlderFormTellsTheFile) {
  import(sample("pytest-xunit1.xml"));
  EXPECT_THAT(ids(), Contains("tests/test_shop.py::TestTill::test_counts"));
}

TEST_F(Importing, UnderForeignNamesIsAdoptedByTheFirstRun) {
  import(sample("pytest.xml"));
  EXPECT_THAT(ids(), Contains("tests.test_shop.TestTill.test_counts")) << "there is no such file";
  const ListedTest counts = test_called("unit", "", "tests/test_shop.py::TestTill::test_counts");

  Past before = past();
  adopt_spellings(before, {counts});
  EXPECT_NEAR(before.tests.at(counts.id).expected.count(), 0.013, 1e-9);

  record({counts});
  EXPECT_THAT(ids(), Contains(counts.id));
  EXPECT_THAT(ids(), testing::Not(Contains("tests.test_shop.TestTill.test_counts")));
}

TEST_F(Importing, MatchesTheIdsThatAreKnown) {
  target_.suites = {"unit", "db"};
  record({test_called("unit", "build/queue_test", "Queue.Pops"),
          test_called("db", "", "tests/test_shop.py::test_opens")});
  EXPECT_EQ(import(sample("gtest.xml")).new_tests, 4u);
  EXPECT_EQ(import(sample("pytest.xml")).new_tests, 8u);
  EXPECT_THAT(ids(), Contains("unit/build/queue_test:Queue.Pops"));
  EXPECT_THAT(ids(), testing::Not(Contains("Queue.Pops")));
}

TEST_F(Importing, DoesNotGuessBetweenTwoTestsOfOneName) {
  target_.suites = {"unit", "db"};
  record({test_called("unit", "", "Queue.Pops"), test_called("db", "", "Queue.Pops")});
  import(sample("gtest.xml"));
  EXPECT_THAT(ids(), Contains("Queue.Pops"));
}

TEST_F(Importing, GoogleTest) {
  import(sample("gtest.xml"));
  EXPECT_THAT(ids(),
              ElementsAre("Queue.Pops", "Queue.Fails", "Queue.Skips", "Some/P.Works/0", "Some/P.Works/1"));
  EXPECT_NEAR(test("Queue.Pops").expected.count(), 0.012, 1e-9);
}

TEST_F(Importing, CTest) {
  import(sample("ctest.xml"));
  EXPECT_THAT(ids(), ElementsAre("quick", "group/slow", "fails", "skips"));
  EXPECT_NEAR(test("group/slow").expected.count(), 0.107667, 1e-9);
  EXPECT_EQ(test("skips").last_verdict, Verdict::skipped);
}

TEST_F(Importing, SurefireTellsAttemptsAndThousands) {
  import(sample("surefire.xml"));
  EXPECT_NEAR(test("com.shop.TillTest.counts").expected.count(), 1234.5, 1e-9);
  EXPECT_EQ(test("com.shop.TillTest.wavers").last_verdict, Verdict::flaky);
  EXPECT_EQ(test("com.shop.TillTest.fails").last_verdict, Verdict::failed);
  EXPECT_EQ(attempts_of(history_->database(), "p", "com.shop.TillTest.fails", 9).size(), 2u);
}

TEST_F(Importing, Ctrf) {
  const ImportReport report = import(sample("ctrf.json"));
  EXPECT_EQ(report.passed_over, 1u);
  EXPECT_THAT(ids(), ElementsAre("Checkout.login", "Checkout.pay", "Checkout.Later.refund", "home"));
  EXPECT_NEAR(test("Checkout.login").expected.count(), 1.5, 1e-9);
  EXPECT_EQ(test("Checkout.Later.refund").last_verdict, Verdict::flaky);
  EXPECT_NEAR(test("Checkout.pay").longest_failure.count(), 4, 1e-9);
}

TEST_F(Importing, BothVersionsOfSubunitTellTheSame) {
  import(sample("unit.subunit1"));
  const PastTest first = test("tests.test_shop.Old.test_old");
  EXPECT_EQ(first.durations, 1);
  EXPECT_NEAR(first.expected.count(), 0.009759, 1e-9);
  import(sample("unit.subunit2"));
  const PastTest both = test("tests.test_shop.Old.test_old");
  EXPECT_EQ(both.durations, 2);
  EXPECT_NEAR(both.expected.count(), 0.009759, 1e-6);
}

TEST_F(Importing, StestrsStreamOfTwoWorkers) {
  import(sample("stestr.subunit2"));
  EXPECT_THAT(ids(),
              UnorderedElementsAre("t.test_a.A.test_one", "t.test_a.A.test_two", "t.test_a.A.test_three"));
  EXPECT_NEAR(test("t.test_a.A.test_one").expected.count(), 0.029018, 1e-6);
  EXPECT_THAT(history_->not_passed_in_last_run("p"), ElementsAre("t.test_a.A.test_two"));
}

TEST_F(Importing, OurOwnReportsAreTheRunsThatTheyTellOf) {
  RunRecord run;
  feed(run, sample_run());
  EXPECT_FALSE(import_text(ctrf_report(run)).known_already);
  EXPECT_TRUE(import_text(junit_report(run)).known_already);
  HistoryRecorder recorder(*history_, {.project = "p", .host_class = "box"});
  feed(recorder, sample_run());
  EXPECT_EQ(recorder.finish(), "");
  EXPECT_EQ(past().runs, 1) << "the same run";
}

TEST_F(Importing, TheSameFileCountsOnce) {
  EXPECT_FALSE(import(sample("ctest.xml")).known_already);
  EXPECT_TRUE(import(sample("ctest.xml")).known_already);
  EXPECT_EQ(test("quick").durations, 1);
}

TEST_F(Importing, WhatIsBrokenSaysWhereAndLosesNothing) {
  EXPECT_THAT(refusal("<testsuites>\n<testsuite name=\"a\">\n<testcase name=\"x\" </testsuites>"),
              HasSubstr("line 3: the XML is broken"));
  EXPECT_THAT(refusal("<html><body/></html>"), HasSubstr("no JUnit report"));
  EXPECT_THAT(refusal("{\"results\": {\"tests\": [\n{\"name\": }]}}"), HasSubstr("line 2"));
  EXPECT_THAT(refusal("{\"results\": 7}"), HasSubstr("no CTRF report"));
  EXPECT_THAT(refusal("just some text\n"), HasSubstr("no subunit stream"));
  EXPECT_THAT(refusal(""), HasSubstr("is empty"));
  EXPECT_THAT(refusal("<testsuites/>"), HasSubstr("no test that ran"));
  EXPECT_THROW(import(directory_ / "nowhere.xml"), SystemError);
}

TEST_F(Importing, OddValuesAreNoDurations) {
  import_text(
      "<testsuite><testcase name='a' time='-1'/><testcase name='b' time='soon'/><testcase name='c'/>"
      "<testcase name='d' time='0,25'/><testcase name='e' time='nan'/></testsuite>");
  for (const char* id : {"a", "b", "c", "e"}) EXPECT_EQ(test(id).durations, 0) << id;
  EXPECT_NEAR(test("d").expected.count(), 0.25, 1e-9);
}

TEST_F(Importing, SurvivesHostileNesting) {
  std::string deep;
  for (int i = 0; i < 20'000; ++i) deep += "<testsuite>";
  EXPECT_NO_THROW(static_cast<void>(refusal(deep)));
}

TEST(ParseTimestamp, KnowsTheUsualForms) {
  const auto seconds = [](std::string_view text) {
    const auto time = parse_timestamp(text);
    return time ? std::chrono::duration<double>(time->time_since_epoch()).count() : -1;
  };
  EXPECT_DOUBLE_EQ(seconds("2026-11-22T12:00:00"), 1795348800);
  EXPECT_DOUBLE_EQ(seconds("2026-11-22T12:00:00.5Z"), 1795348800.5);
  EXPECT_DOUBLE_EQ(seconds("2026-11-22 13:00:00+01:00"), 1795348800);
  EXPECT_DOUBLE_EQ(seconds("2026-11-22T06:30:00-0530"), 1795348800);
  EXPECT_EQ(seconds("yesterday"), -1);
  EXPECT_EQ(seconds("2026-11-22T12:00:nan"), -1);
  EXPECT_EQ(seconds("9999-11-22T12:00:00"), -1) << "the clock's nanoseconds do not reach so far";
  EXPECT_EQ(seconds(""), -1);
}

}  // namespace
}  // namespace sharder
