// `sharder simulate`: understands a run that was really made, and starts nothing.
#include <gmock/gmock.h>

#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

class Simulate : public EndToEnd {
 protected:
  /// Sleeping tests of unequal length, run once.
  void run_some_tests() {
    exec_suite();
    for (int i = 1; i <= 12; ++i)
      script("t/sleeps-" + std::to_string(i), "sleep 0." + std::to_string(i % 5 + 1) + (i % 3 == 0 ? "5" : ""));
    const RunOutcome outcome = run();
    ASSERT_EQ(outcome.status, 0) << outcome.all();
  }
};

// How near it comes is a matter of how quiet the machine is.
TEST_F(Simulate, ReplaysARunAndSaysHowNearItCame) {
  run_some_tests();
  const Transcript replay = sharder({"simulate", "--journal", "latest"});
  EXPECT_EQ(replay.status, 0) << replay.all();
  EXPECT_THAT(replay.output,
              ContainsRegex("12 tests, 2 workers, took [0-9.]+ s; replayed [0-9.]+ s \\([-+0-9.]+ %\\)"));
}

TEST_F(Simulate, PrintsALineForEachNumberOfWorkersAndProfile) {
  run_some_tests();
  const Transcript table = sharder({"simulate", "--journal", "latest", "--workers", "1,2", "-j", "64"});
  EXPECT_EQ(table.status, 0) << table.all();
  EXPECT_THAT(table.output, AllOf(HasSubstr("makespan"), HasSubstr("ratio"), HasSubstr("what binds"), HasSubstr(" 64 "),
                                  HasSubstr("gain nothing: t/sleeps-")));
  const Transcript machines = sharder({"simulate", "--journal", "latest", "--profile", "all"});
  EXPECT_EQ(machines.status, 0) << machines.all();
}

TEST_F(Simulate, StartsNothingAndLeavesNothing) {
  run_some_tests();
  const std::string before = read(project() / ".sharder/latest/journal.ndjson");
  EXPECT_EQ(sharder({"simulate", "--journal", "latest", "--order", "auto"}).status, 0);
  EXPECT_EQ(read(project() / ".sharder/latest/journal.ndjson"), before);
}

TEST_F(Simulate, SaysWhatIsWrongWithTheRun) {
  exec_suite();
  const Transcript missing = sharder({"simulate", "--journal", "no-such-run"});
  EXPECT_EQ(missing.status, 2);
  EXPECT_THAT(missing.error_output, AllOf(HasSubstr("there is no run \"no-such-run\""), HasSubstr("latest")));
  write("broken/journal.ndjson", "{\"seq\":1,\n\xff\xfe not json\n");
  const Transcript broken = sharder({"simulate", "--journal", (project() / "broken").string()});
  EXPECT_EQ(broken.status, 2);
  EXPECT_THAT(broken.error_output, HasSubstr("no test that was run"));
}

}  // namespace
}  // namespace sharder::end_to_end
