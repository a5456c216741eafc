// What runs leave behind for the next one, and what `sharder history` makes of it.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {
namespace {

namespace fs = std::filesystem;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr const char* junit =
    "<testsuites><testsuite name=\"AllTests\" timestamp=\"2026-11-20T10:00:00\">\n"
    "<testcase name=\"Pops\" classname=\"Queue\" time=\"2.5\"/>\n"
    "<testcase name=\"Fails\" classname=\"Queue\" time=\"9\"><failure message=\"no\"/></testcase>\n"
    "<testcase name=\"Wavers\" classname=\"Queue\" time=\"0.5\"><flakyFailure message=\"late\"/></testcase>\n"
    "</testsuite></testsuites>\n";

class Histories : public EndToEnd {
 protected:
  void SetUp() override {
    EndToEnd::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    exec_suite();
    write("sharder.toml", "project = \"shop\"\n" + read(project() / "sharder.toml"));
  }

  fs::path file() const { return outside() / "state/history.db"; }
  Transcript history(Words words) const {
    words.insert(words.begin(), "history");
    words.insert(words.end(), {"--history", file()});
    return sharder(std::move(words));
  }
  RunOutcome run_with_history(Words words = {}) {
    words.insert(words.begin(), {"run", "--history", file()});
    return outcome(sharder(std::move(words)));
  }
  std::string history_of(Words words) const {
    const Transcript transcript = history(std::move(words));
    EXPECT_EQ(transcript.status, 0) << transcript.all();
    return transcript.output;
  }
};

TEST_F(Histories, OfARunTellWhatEachTestTookAndHowItWent) {
  script("t/quick", "true");
  script("t/slow", "sleep 0.4");
  script("t/bad", "exit 1");
  script("t/unsure", "test $SHARDER_ATTEMPT -gt 1");
  EXPECT_EQ(run_with_history().status, 1);
  const std::string slowest = history_of({"slowest", "--top", "1"});
  EXPECT_THAT(slowest, HasSubstr("t/slow"));
  EXPECT_THAT(slowest, Not(HasSubstr("t/quick")));
  EXPECT_THAT(history_of({"flaky"}), HasSubstr("t/unsure"));
  EXPECT_THAT(history_of({"flaky"}), Not(HasSubstr("t/bad")));
  const std::string bad = history_of({"show", "t/bad"});
  EXPECT_THAT(bad, ContainsRegex("last verdict +failed"));
  EXPECT_THAT(bad, Not(HasSubstr("expected")));
  EXPECT_THAT(bad, HasSubstr("host"));
  EXPECT_THAT(history_of({"show", "t/unsure"}), ContainsRegex("passed +2 "));
  EXPECT_THAT(history_of({"export"}), HasSubstr("\"test\":\"t/slow\",\"verdict\":\"passed\""));
}

TEST_F(Histories, AreNotWrittenWithNoHistory) {
  script("t/quick", "true");
  EXPECT_EQ(run({}, {{"XDG_STATE_HOME", outside() / "state"}}).status, 0);
  EXPECT_FALSE(fs::exists(outside() / "state"));
}

TEST_F(Histories, LieInTheStateDirectoryUnlessToldOtherwise) {
  script("t/quick", "true");
  const RunOutcome result = outcome(sharder({"run"}, {{"XDG_STATE_HOME", outside() / "state"}}));
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_TRUE(fs::exists(outside() / "state/sharder/history.db"));
}

TEST_F(Histories, OfSomebodyBehindSudoAreHis) {
  script("t/quick", "true");
  const RunOutcome result =
      outcome(sharder({"run"}, {{"XDG_STATE_HOME", outside() / "state"}, {"SUDO_UID", "65534"}}));
  EXPECT_EQ(result.status, 0) << result.all();
  for (const char* name : {"state", "state/sharder", "state/sharder/history.db"}) {
    struct stat status {};
    ASSERT_EQ(::stat((outside() / name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_uid, 65534u) << name;
  }
}

TEST_F(Histories, ThatAreDamagedDoNotStopARun) {
  script("t/quick", "true");
  fs::create_directories(file().parent_path());
  std::ofstream(file()) << "rubbish" << std::string(9000, 'x');
  const RunOutcome result = run_with_history();
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(result.error_output, HasSubstr("damaged"));
  EXPECT_THAT(names_in(file().parent_path()), ContainsRegex("history.db history.db.broken-"));
  EXPECT_THAT(history_of({"slowest"}), HasSubstr("t/quick"));
}

TEST_F(Histories, ThatCannotBeMadeDoNotStopARun) {
  script("t/quick", "true");
  fs::create_directories(file());
  const RunOutcome result = run_with_history();
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(result.error_output, HasSubstr("is no file"));
}

TEST_F(Histories, OfKilledRunsHaveNoRows) {
  script("t/quick", "true");
  script("t/slow", "sleep 30");
  const auto program = start({"run", "--history", file(), "-j", "2", "--progress", "lines"});
  ASSERT_TRUE(program->wait_for_text("t/quick"));
  program->signal(9);
  (void)program->wait();
  const Transcript slowest = history({"slowest"});
  EXPECT_EQ(slowest.status, 2) << slowest.all();
  EXPECT_THAT(slowest.error_output, HasSubstr("knows nothing of project \"shop\""));
}

TEST_F(Histories, BeginWithTheResultsOfOtherRunners) {
  write("junit.xml", junit);
  const Transcript first = history({"import", "junit.xml"});
  EXPECT_EQ(first.status, 0) << first.all();
  EXPECT_THAT(first.output, HasSubstr("junit.xml: JUnit, 4 attempts of 3 tests"));
  EXPECT_THAT(history({"import", "junit.xml"}).output, HasSubstr("known already"));
  EXPECT_THAT(history_of({"slowest"}), ContainsRegex("2.5 s .* Queue.Pops"));
  EXPECT_THAT(history_of({"flaky"}), HasSubstr("Queue.Wavers"));
  EXPECT_THAT(history_of({"show", "Queue.Fails"}), ContainsRegex("longest failure +9 s"));
  EXPECT_THAT(history_of({"prune", "--keep", "1"}), HasSubstr("nothing to forget"));
}

TEST_F(Histories, TakeTheJournalOfARun) {
  script("t/quick", "true");
  const RunOutcome result = run();
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(history_of({"import", result.directory}), HasSubstr("journal, 1 attempt of 1 test"));
  EXPECT_THAT(history_of({"import", result.directory / "results.json"}), HasSubstr("known already"));
  EXPECT_THAT(history_of({"show", "t/quick"}), HasSubstr(result.directory.filename().string()));
}

TEST_F(Histories, SayWhatIsWrongWithAnImportAndTakeTheRest) {
  write("broken.xml", "<testsuites>\n<testsuite>\n<testcase name=\"a\"</testsuites>\n");
  write("junit.xml", junit);
  const Transcript transcript = history({"import", "broken.xml", "nowhere.xml", "junit.xml"});
  EXPECT_EQ(transcript.status, 2);
  EXPECT_THAT(transcript.error_output, HasSubstr("broken.xml: line 3: the XML is broken"));
  EXPECT_THAT(transcript.error_output, HasSubstr("nowhere.xml: no such file"));
  EXPECT_THAT(transcript.output, HasSubstr("junit.xml: JUnit"));
  EXPECT_EQ(history({"import"}).status, 2);
}

TEST_F(Histories, ThatAreMissingOrKnowNothingSayHowToBegin) {
  const Transcript missing = history({"slowest"});
  EXPECT_EQ(missing.status, 2);
  EXPECT_THAT(missing.error_output, HasSubstr("there is no history yet"));
  EXPECT_THAT(missing.error_output, HasSubstr("sharder history import"));
  EXPECT_FALSE(fs::exists(file())) << "asking made one";
  write("junit.xml", junit);
  (void)history({"import", "junit.xml"});
  const Transcript unknown = history({"show", "Queue.Popps"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.error_output, HasSubstr("did you mean \"Queue.Pops\"?"));
  write("sharder.toml", "project = \"other\"\n");
  const Transcript foreign = history({"flaky"});
  EXPECT_EQ(foreign.status, 2);
  EXPECT_THAT(foreign.error_output, HasSubstr("it knows shop"));
}

}  // namespace
}  // namespace sharder::end_to_end
