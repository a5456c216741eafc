// One suite in several parts, each a run by itself, and one run made of them.
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>

#include "tests/end-to-end/end_to_end.hpp"
#include "tests/end-to-end/reports.hpp"

namespace sharder::end_to_end {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class Merging : public EndToEnd {
 protected:
  /// Seven tests: one fails for good, one fails once, all say who they are.
  void suite() {
    exec_suite("[clones]\ncollect = [\"**/*.kept\"]\n");
    for (const char* name : {"a", "d", "e", "f", "g"})
      script("t/" + std::string(name), "echo I am $SHARDER_TEST; touch $0.kept");
    script("t/b", "echo broken; exit 1");
    script("t/c", "echo trying; test $SHARDER_ATTEMPT = 2");
  }
  fs::path directory(const std::string& name) const { return outside() / name; }

  RunOutcome part(int number, const std::string& name, Words more = {}) {
    Words words{"run", "--no-history", "--partition", std::to_string(number) + "/3", "-o", directory(name)};
    words.insert(words.end(), more.begin(), more.end());
    return outcome(sharder(std::move(words)), directory(name));
  }
  void three_parts() {
    suite();
    for (const int number : {1, 2, 3}) part(number, "part" + std::to_string(number));
  }
  Transcript merge(const Words& names, const std::string& into, Words more = {}) const {
    Words words{"merge", "-o", directory(into)};
    for (const std::string& name : names) words.push_back(directory(name));
    words.insert(words.end(), more.begin(), more.end());
    return sharder(std::move(words));
  }
  /// Every file of both, byte by byte.
  bool alike(const std::string& one, const std::string& other) const {
    return call({"diff", "-r", directory(one), directory(other)}).status == 0;
  }
  const std::string verdicts_ =
      "t/a=passed t/b=failed t/c=flaky t/d=passed t/e=passed t/f=passed t/g=passed";
};

TEST_F(Merging, GivesWhatOneRunOfEverythingGives) {
  three_parts();
  const RunOutcome everything = run();
  const RunOutcome all = outcome(merge({"part1", "part2", "part3"}, "all"), directory("all"));
  EXPECT_EQ(all.status, everything.status) << all.all();
  EXPECT_EQ(all.verdicts(), everything.verdicts());
  EXPECT_EQ(all.verdicts(), verdicts_);
  EXPECT_EQ(all.outcomes("t/c"), "failed passed");
  EXPECT_THAT(all.output_of("t/a"), HasSubstr("I am t/a"));
  EXPECT_THAT(all.output, HasSubstr("7 tests: 5 passed, 1 failed, 1 flaky"));
  EXPECT_THAT(all.output, HasSubstr("merged from 3 runs:"));
  EXPECT_EQ(all.results.at("results").at("summary").at("extra").at("merged").size(), 3u);
  EXPECT_EQ(names_in(directory("all")),
            "artifacts journal.ndjson junit.xml logs results.json results.subunit trace.json");
  std::string kept;
  for (const auto& entry : fs::recursive_directory_iterator(directory("all") / "artifacts"))
    if (entry.is_regular_file()) kept += entry.path().filename().string() + " ";
  EXPECT_THAT(kept, testing::AllOf(HasSubstr("a.kept"), HasSubstr("g.kept"), Not(HasSubstr("b.kept"))));
}

TEST_F(Merging, IsTheSameHoweverThePartsCame) {
  three_parts();
  EXPECT_EQ(merge({"part1", "part2", "part3"}, "all").status, 1);
  EXPECT_EQ(merge({"part3", "part1", "part2", "part1"}, "again").status, 1);
  EXPECT_TRUE(alike("all", "again"));
  EXPECT_EQ(merge({"all", "part2"}, "of-a-merge").status, 1);
  EXPECT_TRUE(alike("all", "of-a-merge"));
}

TEST_F(Merging, RefusesAMissingPartUnlessToldAndTakesItLater) {
  three_parts();
  const Transcript refused = merge({"part1", "part3"}, "some");
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(refused.error_output, HasSubstr("part 2 of 3 is missing"));
  EXPECT_FALSE(fs::exists(directory("some"))) << "nothing is written";
  const Transcript partial = merge({"part1", "part3"}, "some", {"--partial"});
  EXPECT_EQ(partial.status, 3);
  EXPECT_THAT(partial.output, HasSubstr("this run is incomplete: part 2 of 3 is missing"));
  expect_consistent_reports(directory("some"));
  merge({"part1", "part2", "part3"}, "all");
  EXPECT_EQ(merge({"some", "part2"}, "completed").status, 1);
  EXPECT_TRUE(alike("all", "completed"));
}

TEST_F(Merging, TakesAPartThatWasKilledAndWentOn) {
  suite();
  part(1, "part1");
  part(3, "part3");
  const std::unique_ptr<Program> killed =
      start({"run", "--no-history", "--partition", "2/3", "-j", "1", "--order", "listed", "-o", directory("part2")});
  const fs::path journal = directory("part2") / "journal.ndjson";
  EXPECT_TRUE(eventually([&] { return read(journal).find("attempt.finished") != std::string::npos; },
                         std::chrono::seconds(30)));
  killed->signal(SIGKILL);
  killed->wait();
  const Transcript refused = merge({"part1", "part2", "part3"}, "all");
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(refused.error_output, HasSubstr("(part 2 of 3) has no end: it was killed, or still goes on"));
  EXPECT_EQ(merge({"part1", "part2", "part3"}, "some", {"--partial"}).status, 3);
  EXPECT_EQ(sharder({"run", "--no-history", "--resume", directory("part2")}).status, 1);
  const RunOutcome all = outcome(merge({"some", "part2"}, "all"), directory("all"));
  EXPECT_EQ(all.status, 1) << all.all();
  EXPECT_EQ(all.verdicts(), verdicts_);
  const Transcript resumed = sharder({"run", "--no-history", "--resume", directory("all")});
  EXPECT_EQ(resumed.status, 2);
  EXPECT_THAT(resumed.error_output, HasSubstr("is a merge of other runs"));
}

TEST_F(Merging, DoesNotChooseBetweenTwoRunsOfAPart) {
  three_parts();
  part(2, "tried-again");
  const Transcript refused = merge({"part1", "part2", "tried-again", "part3"}, "all");
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.error_output, HasSubstr("part 2 of 3 is there twice: run "));
  EXPECT_EQ(merge({"part1", "tried-again", "part3"}, "all").status, 1);
}

TEST_F(Merging, NoticesPartsOfDifferentLists) {
  three_parts();
  script("t/h", "exit 0");
  part(2, "other");
  const Transcript refused = merge({"part1", "other", "part3"}, "all");
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(refused.error_output, HasSubstr("are parts of different divisions"));
  EXPECT_THAT(refused.error_output, HasSubstr("--no-history"));
}

TEST_F(Merging, TakesJournalsWithoutLogs) {
  three_parts();
  for (const char* name : {"part1", "part2", "part3"})
    fs::copy(directory(name) / "journal.ndjson", directory(name) += ".ndjson");
  const RunOutcome all = outcome(
      merge({"part1", "part2.ndjson", "part3.ndjson"}, "all", {"--junit", directory("junit.xml")}), directory("all"));
  EXPECT_EQ(all.status, 1) << all.all();
  EXPECT_EQ(all.verdicts(), verdicts_);
  EXPECT_EQ(read(directory("junit.xml")), read(directory("all") / "junit.xml"));
  EXPECT_EQ(fs::is_empty(directory("all") / "logs"), false) << "those of the first";
  const RunOutcome bare = outcome(merge({"part1.ndjson", "part2.ndjson", "part3.ndjson"}, "bare"), directory("bare"));
  EXPECT_EQ(bare.verdicts(), verdicts_);
  EXPECT_TRUE(fs::is_empty(directory("bare") / "logs"));
  // Logs that come later are taken from where they are.
  EXPECT_EQ(merge({"bare", "part1", "part2", "part3"}, "completed").status, 1);
  merge({"part1", "part2", "part3"}, "whole");
  EXPECT_TRUE(alike("completed", "whole"));
}

TEST_F(Merging, TakesEmptyPartsAndTheyStayEmptyWhenTheyGoOn) {
  exec_suite();
  for (const char* name : {"t/a", "t/b"}) script(name, "exit 0");
  for (const int number : {1, 2, 3}) EXPECT_EQ(part(number, "part" + std::to_string(number)).status, 0);
  const RunOutcome again =
      outcome(sharder({"run", "--no-history", "--resume", directory("part3")}), directory("part3"));
  EXPECT_EQ(again.status, 0) << again.all();
  EXPECT_EQ(again.verdicts(), "");
  const RunOutcome all = outcome(merge({"part1", "part2", "part3"}, "all"), directory("all"));
  EXPECT_EQ(all.status, 0) << all.all();
  EXPECT_EQ(all.verdicts(), "t/a=passed t/b=passed");
}

TEST_F(Merging, ObeysTheWordOnFlakyTests) {
  exec_suite();
  script("t/a", "exit 0");
  script("t/c", "test $SHARDER_ATTEMPT = 2");
  for (const int number : {1, 2, 3}) part(number, "part" + std::to_string(number), {"--flaky", "warn"});
  EXPECT_EQ(merge({"part1", "part2", "part3"}, "all").status, 6) << "as the parts were told";
  EXPECT_EQ(merge({"part1", "part2", "part3"}, "all", {"--flaky", "pass"}).status, 0);
  EXPECT_EQ(merge({"part1", "part2", "part3"}, "all", {"--flaky", "fail"}).status, 1);
}

TEST_F(Merging, KeepsTheAttemptsOfAFixtureOfEveryPart) {
  toml("[suite.unit]\nframework = \"ctest\"\ndirectory = \"build\"\n");
  std::string tests =
      "add_test(schema /bin/sh -c \"echo made for $SHARDER_RUN_ID\")\n"
      "set_tests_properties(schema PROPERTIES FIXTURES_SETUP database)\n";
  for (const char* name : {"p", "q", "r", "s"})
    tests += "add_test(" + std::string(name) + " /bin/true)\nset_tests_properties(" + name +
             " PROPERTIES FIXTURES_REQUIRED database)\n";
  write("build/CTestTestfile.cmake", tests);
  for (const int number : {1, 2, 3}) part(number, "part" + std::to_string(number), {"-j", "1"});
  EXPECT_EQ(merge({"part1", "part3"}, "some", {"--partial"}).status, 3);
  const RunOutcome all = outcome(merge({"part2", "some"}, "all"), directory("all"));
  EXPECT_EQ(all.status, 0) << all.all();
  EXPECT_EQ(all.verdicts(), "p=passed q=passed r=passed s=passed schema=passed");
  EXPECT_EQ(all.outcomes("schema"), "passed passed passed");
  std::set<std::string> numbers, made;
  for (const Json& attempt : all.test("schema").at("extra").at("attempts")) {
    numbers.insert(attempt.at("attempt").dump());
    const std::string made_for = "made for " + attempt.at("run").get<std::string>() + "\n";
    EXPECT_EQ(read(all.directory / attempt.at("log").get<std::string>()), made_for);
    made.insert(made_for);
  }
  EXPECT_EQ(numbers, (std::set<std::string>{"1", "2", "3"}));
  EXPECT_EQ(made.size(), 3u);
}

TEST_F(Merging, ReadsNothingOutsideTheRuns) {
  three_parts();
  std::ofstream(outside() / "secret") << "not yours";
  const fs::path logs = directory("part1") / "logs";
  for (const auto& entry : fs::directory_iterator(logs)) {
    fs::remove(entry.path());
    fs::create_symlink(outside() / "secret", entry.path());
  }
  fs::create_symlink(outside(), directory("part1") / "artifacts/way-out");
  EXPECT_EQ(merge({"part1", "part2", "part3"}, "all").status, 1);
  EXPECT_EQ(call({"grep", "-r", "not yours", directory("all")}).status, 1);
}

TEST_F(Merging, BecomesARunOfTheProjectThatAHistoryCanTake) {
  three_parts();
  const fs::path history = outside() / "history.db";
  const RunOutcome all = outcome(sharder({"merge", directory("part1"), directory("part2"), directory("part3")}));
  EXPECT_EQ(all.status, 1) << all.all();
  EXPECT_EQ(all.directory.parent_path(), fs::canonical(project() / ".sharder/runs"));
  const Transcript itself = sharder({"merge", "latest"});
  EXPECT_EQ(itself.status, 2);
  EXPECT_THAT(itself.error_output, HasSubstr("is one of the runs to be merged"));
  const Transcript imported = sharder({"history", "import", "--history", history, all.directory});
  EXPECT_THAT(imported.output, HasSubstr("journal, 11 attempts of 7 tests")) << imported.all();
}

}  // namespace
}  // namespace sharder::end_to_end
