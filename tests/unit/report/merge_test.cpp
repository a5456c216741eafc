#include "sharder/report/merge/merge.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "sharder/report/journal/journal_reader.hpp"
#include "sharder/report/merge/check.hpp"
#include "sharder/report/run_record.hpp"
#include "sharder/report/summary.hpp"
#include "sharder/support/errors.hpp"
#include "tests/unit/report/merge_runs.hpp"

namespace sharder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> journals_of_three() {
  std::vector<std::string> journals;
  for (const auto& events : three_parts()) journals.push_back(journal_lines(events));
  return journals;
}

RunRecord record_of(const std::string& journal) {
  RunRecord record;
  feed(record, parse_journal(journal).events);
  return record;
}

std::string verdicts_of(const std::string& journal) {
  std::string text;
  const RunRecord record = record_of(journal);
  for (const auto& test : record.tests())
    text += test.test->id + "=" + std::string(to_string(test.judged())) + std::to_string(test.attempts.size()) + " ";
  return text;
}

std::string refusal(const std::vector<std::string>& journals) {
  try {
    merged(journals);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "(merged)";
}

std::vector<std::string> missing_of(const std::vector<std::string>& journals) {
  return shortfall_of(sources_in(journals)).missing;
}

TEST(Merge, HasEveryTestWithTheVerdictOfItsPart) {
  const std::string journal = merged(journals_of_three());
  EXPECT_EQ(verdicts_of(journal),
            "t/a=passed1 t/b=failed1 t/c=passed1 t/d=flaky2 t/e=passed1 t/f=passed1 t/setup=failed3 ");
  const RunRecord record = record_of(journal);
  ASSERT_TRUE(record.finished());
  EXPECT_EQ(record.finished()->counts, record.counts());
  EXPECT_EQ(record.finished()->exit_status, 1);
  EXPECT_EQ(record.finished()->makespan, Seconds(4)) << "that of the longest part";
  EXPECT_EQ(record.run().workers, 6);
  EXPECT_EQ(parse_journal(journal).bad_lines, 0u);
}

TEST(Merge, IsTheSameInAnyOrderAndHoweverOftenAPartIsGiven) {
  std::vector<std::string> journals = journals_of_three();
  const std::string whole = merged(journals);
  std::sort(journals.begin(), journals.end());
  do {
    EXPECT_EQ(merged(journals), whole);
    std::vector<std::string> twice = journals;
    twice.push_back(journals.front());
    EXPECT_EQ(merged(twice), whole);
  } while (std::next_permutation(journals.begin(), journals.end()));
}

TEST(Merge, OfMergesIsTheMergeOfTheirRuns) {
  const std::vector<std::string> parts = journals_of_three();
  const std::string whole = merged(parts);
  EXPECT_EQ(merged({whole}), whole);
  EXPECT_EQ(merged({whole, whole, parts[1]}), whole);
  for (std::size_t late = 0; late < parts.size(); ++late) {
    std::vector<std::string> early = parts;
    early.erase(early.begin() + static_cast<std::ptrdiff_t>(late));
    const std::string some = merged(early);
    EXPECT_EQ(merged({some, parts[late]}), whole) << late;
    EXPECT_EQ(merged({parts[late], some}), whole) << late;
    EXPECT_EQ(merged({merged({parts[late]}), some, some}), whole) << late;
  }
}

TEST(Merge, OfAMergeIsTheSameWhereAClockJumpedWhileASharedTestEnded) {
  std::vector<std::vector<Event>> parts = three_parts();
  for (Event& event : parts[1])
    if (const auto* finished = std::get_if<TestFinished>(&event.payload); finished != nullptr && finished->test == 1)
      event.time += std::chrono::hours(1);
  std::vector<std::string> journals;
  for (const auto& part : parts) journals.push_back(journal_lines(part));
  const std::string whole = merged(journals);
  EXPECT_EQ(merged({whole}), whole);
}

TEST(Merge, KeepsWorkersAndAttemptsOfDifferentRunsApart) {
  const RunRecord record = record_of(merged(journals_of_three()));
  std::vector<int> attempts, workers;
  for (const auto& attempt : record.tests().back().attempts) {  // t/setup, which every part has
    attempts.push_back(attempt.record.attempt);
    workers.push_back(attempt.record.worker);
  }
  std::sort(attempts.begin(), attempts.end());
  std::sort(workers.begin(), workers.end());
  EXPECT_THAT(attempts, ElementsAre(1, 2, 3));
  EXPECT_THAT(workers, ElementsAre(0, 3, 4));
}

TEST(Merge, AsksForOutputByTheNumbersOfTheRunItself) {
  const std::vector<SourceRun> sources = sources_in({merged(journals_of_three())});
  std::vector<std::string> asked;
  MergeSettings settings{.run_id = "m", .incomplete = {}, .exit_status = [](const Counts&) { return 0; },
                         .output = [&](const SourceRun& run, const std::string& test, int attempt) {
                           if (test == "t/setup") asked.push_back(run.started.run_id + std::to_string(attempt));
                           return test;
                         }};
  RunRecord record;
  merge_runs(sources, settings, record);
  std::sort(asked.begin(), asked.end());
  EXPECT_THAT(asked, ElementsAre("run-a1", "run-b1", "run-c1"));
  EXPECT_EQ(record.tests()[1].attempts[0].record.output, "t/b");
  EXPECT_EQ(sources[2].files[0].attempts_before.at("t/setup"), 2) << "the name of its log in the merged directory";
}

TEST(Merge, TakesTheWorstVerdictOnAFixture) {
  const std::string journal = merged(journals_of_three());
  EXPECT_THAT(journal,
              HasSubstr(R"("test":"t/setup","verdict":"failed","cause":"","runs":[{"run":"run-a","verdict":"passed")"));
}

TEST(Merge, OfRunsOfDifferentTestsIsTheirUnion) {
  const std::string one = journal_lines(MachineRun{.id = "run-x", .tests = {"x/a", "x/b failed"}}.events());
  const std::string other = journal_lines(MachineRun{.id = "run-y", .tests = {"y/a"}}.events());
  EXPECT_THAT(missing_of({one, other}), IsEmpty());
  EXPECT_EQ(verdicts_of(merged({other, one})), "x/a=passed1 x/b=failed1 y/a=passed1 ");
}

TEST(Merge, ToldInTheSummary) {
  SummarySettings settings;
  settings.directory = "all";
  const std::string text = summarise(record_of(merged(journals_of_three())), settings);
  EXPECT_EQ(text, golden("report_summary_merged.txt", text));
}

TEST(MergeOfAResumedRun, TakesItAsOneRun) {
  const MachineRun run{.id = "run-a", .part = 1, .parts = 1, .tests = {"t/a", "t/b"}};
  std::vector<Event> events = run.killed();
  const std::vector<Event> whole = run.events();
  // The killed part had begun the last attempt; it begins again.
  events.pop_back();
  events.push_back(whole[0]);
  events.insert(events.end(), whole.end() - 4, whole.end());
  EXPECT_THAT(missing_of({journal_lines(events)}), IsEmpty());
  EXPECT_EQ(verdicts_of(merged({journal_lines(events)})), "t/a=passed1 t/b=passed1 ");
}

TEST(MergeOfAResumedRun, TakesTheCopyThatCameToItsEnd) {
  const MachineRun run{.id = "run-a", .part = 1, .parts = 1, .tests = {"t/a", "t/b flaky"}};
  const std::string killed = journal_lines(run.killed()), whole = journal_lines(run.events());
  EXPECT_EQ(merged({merged({killed}), whole}), merged({whole}));
  EXPECT_EQ(merged({whole, killed}), merged({whole}));
}

TEST(MergeConflicts, OfCopiesThatContradict) {
  const std::string one = journal_lines(MachineRun{.id = "run-a", .tests = {"t/a"}}.events());
  const std::string other = journal_lines(MachineRun{.id = "run-a", .tests = {"t/a failed"}}.events());
  EXPECT_THAT(refusal({one, other}), HasSubstr("are both run run-a, and differ: attempt 1 at t/a"));
}

TEST(MergeConflicts, OfOnePartThatRanTwice) {
  std::vector<std::string> journals = journals_of_three();
  journals.push_back(journal_lines(MachineRun{.id = "run-z", .part = 2, .parts = 3, .tests = {"t/b", "t/e"}}.events()));
  EXPECT_EQ(refusal(journals), "part 2 of 3 is there twice: run run-b and run run-z");
}

TEST(MergeConflicts, OfTwoRunsOfOneTest) {
  const std::string one = journal_lines(MachineRun{.id = "run-x", .tests = {"x/a", "x/b"}}.events());
  const std::string other = journal_lines(MachineRun{.id = "run-y", .tests = {"x/b"}}.events());
  EXPECT_EQ(refusal({other, one}), "test x/b is in two runs: run run-x and run run-y");
}

TEST(MergeShortfall, NamesPartsThatAreMissing) {
  const std::vector<std::string> journals = journals_of_three();
  EXPECT_THAT(missing_of(journals), IsEmpty());
  EXPECT_THAT(missing_of({journals[0], journals[2]}), ElementsAre("part 2 of 3 is missing"));
  EXPECT_THAT(missing_of({merged({journals[1]})}), ElementsAre("parts 1, 3 of 3 are missing"));
  const std::string of_many =
      journal_lines(MachineRun{.id = "r", .part = 4, .parts = 100'000, .tests = {"t/a"}}.events());
  EXPECT_THAT(missing_of({of_many}), ElementsAre("parts 1-3, 5-100000 of 100000 are missing"));
}

TEST(MergeShortfall, NamesRunsWithoutEndAndTestsWithoutVerdict) {
  const std::string killed =
      journal_lines(MachineRun{.id = "run-a", .part = 1, .parts = 1, .tests = {"t/a", "t/b"}}.killed());
  EXPECT_THAT(
      missing_of({killed}),
      ElementsAre(
          "run run-a (part 1 of 1) has no end: it was killed, or still goes on; 1 test without a verdict: t/b"));
  EXPECT_EQ(verdicts_of(merged({killed})), "t/a=passed1 t/b=lost1 ") << "lost: it had been tried";
  EXPECT_EQ(missing_of({merged({killed})}), missing_of({killed}));
}

TEST(MergeShortfall, NoticesAnyLineOfTheListThatIsMissing) {
  const std::string whole = journal_lines(MachineRun{.id = "run-a", .tests = {"t/a", "t/b"}}.events());
  EXPECT_THAT(missing_of({whole}), IsEmpty());
  const std::string name = "\"test\":\"t/b\"";
  std::string without;
  for (std::size_t start = 0; start < whole.size(); start = whole.find('\n', start) + 1) {
    const std::string line = whole.substr(start, whole.find('\n', start) + 1 - start);
    if (line.find(name) == std::string::npos) without += line;
  }
  EXPECT_THAT(missing_of({without}), ElementsAre("run run-a ran 2 tests, and its journal lists 1: lines are missing"));
}

TEST(MergeShortfall, NamesARunThatRanNothing) {
  EventMaker make;
  RunStarted start = sample_start();
  start.part = 1;
  start.parts = 2;
  make(start);
  RunFinished end;
  end.exit_status = 5;
  end.incomplete = "the setup failed: make schema";
  make(end);
  const std::vector<std::string> missing = missing_of({journal_lines(make.events)});
  EXPECT_THAT(missing,
              ElementsAre("run 20261122-120000-abcd (part 1 of 2) ran no tests: the setup failed: make schema"));
}

TEST(MergeShortfall, SaysThatDivisionsDiffer) {
  const std::string one =
      journal_lines(MachineRun{.id = "run-a", .part = 1, .parts = 2, .tests = {"t/a"}, .division = "d"}.events());
  const std::string two =
      journal_lines(MachineRun{.id = "run-b", .part = 2, .parts = 2, .tests = {"t/b"}, .division = "e"}.events());
  const std::string of_three =
      journal_lines(MachineRun{.id = "run-c", .part = 2, .parts = 3, .tests = {"t/c"}, .division = "f"}.events());
  EXPECT_THAT(missing_of({one, two})[0], HasSubstr("are parts of different divisions"));
  EXPECT_THAT(shortfall_of(sources_in({one, two})).hint, HasSubstr("--no-history"));
  EXPECT_THAT(missing_of({one, of_three})[0],
              HasSubstr("were not divided alike: run run-a (part 1 of 2), run run-c (part 2 of 3)"));
}

TEST(MergeShortfall, KnowsTwoSuitesThatWereDividedEachForItself) {
  std::vector<std::string> journals = journals_of_three();
  for (const int part : {1, 2})
    journals.push_back(journal_lines(MachineRun{.id = "other-" + std::to_string(part), .part = part, .parts = 2,
                                             .tests = {"u/" + std::to_string(part)}, .division = "e"}.events()));
  EXPECT_THAT(missing_of(journals), IsEmpty());
}

TEST(MergeSources, RefusesWhatIsNoJournalOfARun) {
  const auto refused = [](const std::string& journal) {
    try {
      sources_in({journal});
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string("(accepted)");
  };
  EXPECT_THAT(refused(""), HasSubstr("holds no event"));
  EXPECT_THAT(refused("{\"event\":\"notice\",\"text\":\"x\"}\n"), HasSubstr("does not begin with run.started"));
  EXPECT_THAT(refused("{\"event\":\"run.started\",\"run_id\":\"../../etc\"}\n"),
              HasSubstr("\"../../etc\" is no id of a run"));
  EXPECT_THAT(refused("{\"event\":\"run.started\",\"run_id\":\"a\",\"part\":7,\"parts\":3}\n"),
              HasSubstr("part 7 of 3"));
  const std::string start =
      "{\"event\":\"run.started\",\"run_id\":\"a\"}\n{\"event\":\"test.listed\",\"test\":\"t\"}\n";
  EXPECT_THAT(refused(start + "{\"event\":\"attempt.started\",\"test\":\"t\",\"attempt\":2147483647}\n"),
              HasSubstr("a number that no run gives"));
  const std::string whole = merged(journals_of_three());
  EXPECT_THAT(refused(whole.substr(0, whole.find('\n') + 1) +
                      "{\"event\":\"notice\",\"run\":\"run-q\",\"text\":\"x\"}\n" + "{\"event\":\"run.finished\"}\n"),
              HasSubstr("tells of run run-q, which is not merged into it"));
}

TEST(MergeSources, SurviveEveryTear) {
  const std::string whole = merged(journals_of_three());
  for (std::size_t length = 0; length + 1 < whole.size(); length += 31) {
    try {
      sources_in({whole.substr(0, length)});
      ADD_FAILURE() << "accepted, cut at " << length;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr("cannot be merged"));
    }
  }
}

}  // namespace
}  // namespace sharder
