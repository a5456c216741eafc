// A run that was killed goes on: what was settled stays, everything else runs, and the results are those of one run.
#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>

#include "tests/end-to-end/end_to_end.hpp"
#include "tests/end-to-end/remains.hpp"
#include "tests/end-to-end/reports.hpp"

namespace sharder::end_to_end {
namespace {

using testing::HasSubstr;

class Resume : public EndToEnd {
 protected:
  /// Passes, fails for good, and fails once; the last two tests take their time, so that the kill finds them unsettled.
  void suite() {
    exec_suite();
    script("t/a", "exit 0");
    script("t/b", "exit 1");
    script("t/c", "test $SHARDER_ATTEMPT = 2");
    for (const char* name : {"t/d", "t/e"}) script(name, "sleep 0.4");
  }
  std::filesystem::path journal() const { return project() / ".sharder/latest/journal.ndjson"; }

  void kill_after(const std::string& text) {
    const std::unique_ptr<Program> program = start({"run", "--no-history", "-j", "2", "--order", "listed"});
    EXPECT_TRUE(eventually([&] { return read(journal()).find(text) != std::string::npos; }));
    program->signal(SIGKILL);
    EXPECT_EQ(program->wait().status, 128 + SIGKILL);
  }
  RunOutcome resume() { return outcome(start({"run", "--no-history", "-j", "2", "--resume", "latest"})->wait()); }
};

TEST_F(Resume, GivesTheResultsOfAnUndisturbedRun) {
  suite();
  kill_after("\"test.finished\"");
  const RunOutcome result = resume();
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdicts(), "t/a=passed t/b=failed t/c=flaky t/d=passed t/e=passed");
  EXPECT_EQ(result.outcomes("t/b"), "failed failed failed failed");
  EXPECT_EQ(result.outcomes("t/c"), "failed passed");
  EXPECT_THAT(result.error_output, HasSubstr("the run goes on"));
  expect_consistent_reports(std::filesystem::canonical(project() / ".sharder/latest"));
}

TEST_F(Resume, SurvivesATornJournal) {
  suite();
  kill_after("\"test.finished\"");
  const std::string whole = read(journal());
  write(".sharder/latest/journal.ndjson", whole.substr(0, whole.size() - 7) + std::string(20, '\0'));
  const RunOutcome result = resume();
  EXPECT_EQ(result.verdicts(), "t/a=passed t/b=failed t/c=flaky t/d=passed t/e=passed") << result.all();
}

TEST_F(Resume, RunsWhatAnInterruptedRunDidNot) {
  suite();
  const std::unique_ptr<Program> program = start({"run", "--no-history", "-j", "1", "--order", "listed"});
  EXPECT_TRUE(eventually([&] { return read(journal()).find("\"test.finished\"") != std::string::npos; }));
  program->signal(SIGINT);
  EXPECT_EQ(program->wait().status, 130);
  const RunOutcome result = resume();
  EXPECT_EQ(result.verdicts(), "t/a=passed t/b=failed t/c=flaky t/d=passed t/e=passed") << result.all();
}

TEST_F(Resume, StartsAnewWhereTheListWasNotComplete) {
  suite();
  const std::unique_ptr<Program> program = start({"run", "--no-history", "-j", "1"});
  EXPECT_TRUE(eventually([&] { return !read(journal()).empty(); }));
  program->signal(SIGKILL);
  program->wait();
  const RunOutcome result = resume();
  EXPECT_EQ(result.verdicts(), "t/a=passed t/b=failed t/c=flaky t/d=passed t/e=passed") << result.all();
}

TEST_F(Resume, RefusesARunThatIsGoingOnAndAChoiceOfTests) {
  exec_suite();
  script("t/a", "sleep 20");
  const std::unique_ptr<Program> program = start({"run", "--no-history", "-j", "1"});
  EXPECT_TRUE(eventually([&] { return read(journal()).find("attempt.started") != std::string::npos; }));
  const Transcript second = sharder({"run", "--no-history", "--resume", "latest"});
  EXPECT_EQ(second.status, 2);
  EXPECT_THAT(second.error_output, HasSubstr("another run is going on in"));
  const Transcript choosy = sharder({"run", "--no-history", "--resume", "latest", "t/a"});
  EXPECT_EQ(choosy.status, 2);
  EXPECT_THAT(choosy.error_output, HasSubstr("goes on with the tests that the run began with"));
  program->signal(SIGTERM);
  program->wait();
}

}  // namespace
}  // namespace sharder::end_to_end
