// However a run is stopped: what is known is reported, and nothing stays behind.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/end-to-end/end_to_end.hpp"
#include "tests/end-to-end/remains.hpp"
#include "tests/end-to-end/reports.hpp"

namespace sharder::end_to_end {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A pipe that takes nothing until it is read.
class FullPipe {
 public:
  explicit FullPipe(const std::filesystem::path& path) {
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    end_ = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    const std::string nothing(4096, ' ');
    while (::write(end_, nothing.data(), nothing.size()) > 0) continue;
  }
  ~FullPipe() { ::close(end_); }
  FullPipe(const FullPipe&) = delete;
  FullPipe& operator=(const FullPipe&) = delete;

  /// Whatever has come since, and what it was filled with.
  const std::string& read() {
    char bytes[4096];
    for (ssize_t count; (count = ::read(end_, bytes, sizeof bytes)) > 0;)
      text_.append(bytes, static_cast<std::size_t>(count));
    return text_;
  }

 private:
  int end_ = -1;
  std::string text_;
};

class Signals : public EndToEnd {
 protected:
  /// A run of one worker whose first test sleeps so long, then two more; returned once the first one runs.
  std::unique_ptr<Program> start_sleeper(const std::string& seconds) {
    exec_suite();
    script("t/a", "echo asleep; sleep " + seconds);
    for (const char* name : {"t/b", "t/c"}) script(name, "exit 0");
    std::unique_ptr<Program> program = start({"run", "--no-history", "-j", "1", "--order", "listed"});
    EXPECT_TRUE(eventually([&] {
      return read(project() / ".sharder/latest/journal.ndjson").find("attempt.started") != std::string::npos;
    }));
    return program;
  }

  /// Neither of the two can tidy up after the other.
  void kill_with_launcher(Program& program) const {
    program.signal(SIGSTOP);
    EXPECT_EQ(call({"pkill", "-9", "-P", std::to_string(program.pid())}).status, 0);
    program.signal(SIGKILL);
    EXPECT_EQ(program.wait().status, 128 + SIGKILL);
    EXPECT_TRUE(eventually([] { return descendants().empty(); }, std::chrono::seconds(1)))
        << testing::PrintToString(descendants());
  }
};

TEST_F(Signals, InterruptLetsWhatRunsFinish) {
  const std::unique_ptr<Program> program = start_sleeper("0.5");
  program->signal(SIGINT);
  const RunOutcome result = outcome(program->wait());
  EXPECT_EQ(result.status, 130) << result.all();
  EXPECT_EQ(result.verdicts(), "t/a=passed t/b=not-run t/c=not-run");
  EXPECT_EQ(result.test("t/b").at("status"), "pending");
  EXPECT_THAT(result.output, HasSubstr("2 not run")) << result.all();
}

TEST_F(Signals, ASecondInterruptStopsAtOnce) {
  const std::unique_ptr<Program> program = start_sleeper("60");
  program->signal(SIGINT);
  EXPECT_TRUE(program->wait_for_text("once more"));
  program->signal(SIGINT);
  const RunOutcome result = outcome(program->wait(std::chrono::seconds(5)));
  EXPECT_EQ(result.status, 130) << result.all();
  EXPECT_NE(result.verdict("t/a"), "passed");
  EXPECT_EQ(result.verdict("t/c"), "not-run");
}

TEST_F(Signals, TerminateStopsAtOnce) {
  const std::unique_ptr<Program> program = start_sleeper("60");
  program->signal(SIGTERM);
  const RunOutcome result = outcome(program->wait(std::chrono::seconds(5)));
  EXPECT_EQ(result.status, 143) << result.all();
  EXPECT_EQ(result.verdict("t/b"), "not-run");
}

TEST_F(Signals, NoneCostsTheReportsOfARunThatIsOver) {
  exec_suite();
  script("t/a", "exit 0");
  FullPipe pipe(outside() / "pipe");
  const std::string run = "exec \"$0\" run --no-history -j 1 > \"$1\"";
  Program program({{"sh", "-c", run, binary(), outside() / "pipe"}, {}, {}, project()}, outside());
  const std::string directory = project() / ".sharder/latest/";
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(directory + "results.json"); }));
  for (const int number : {SIGINT, SIGINT, SIGTERM, SIGHUP}) program.signal(number);
  EXPECT_TRUE(eventually([&] { return pipe.read().find("1 passed") != std::string::npos; })) << "no summary";
  const RunOutcome result = outcome(program.wait());
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(result.verdicts(), "t/a=passed");
}

TEST_F(Signals, StopARunThatStillStarts) {
  exec_suite("[clones.start]\ncommand = \"sleep 100\"\nready = \"false\"\n");
  script("t/a", "exit 0");
  const std::unique_ptr<Program> program = start({"run", "--no-history", "-j", "1"});
  EXPECT_TRUE(eventually([&] { return !read(project() / ".sharder/latest/journal.ndjson").empty(); }));
  program->signal(SIGINT);
  EXPECT_EQ(program->wait(std::chrono::seconds(5)).status, 130);
}

TEST_F(Signals, AKilledRunIsGoneWithinASecond) {
  const std::unique_ptr<Program> program = start_sleeper("60");
  program->signal(SIGKILL);
  EXPECT_EQ(program->wait().status, 128 + SIGKILL);
  EXPECT_TRUE(eventually([] { return descendants().empty(); }, std::chrono::seconds(1)))
      << testing::PrintToString(descendants());
  expect_consistent_reports(std::filesystem::weakly_canonical(project() / ".sharder/latest"), false);
}

TEST_F(Signals, CleanRemovesWhatADeadRunLeft) {
  kill_with_launcher(*start_sleeper("60"));
  if (own_dead_runs().empty()) GTEST_SKIP() << "another run on this machine has swept already";
  const Transcript clean = sharder({"clean"});
  EXPECT_EQ(clean.status, 0) << clean.all();
  EXPECT_THAT(clean.output, HasSubstr("removed"));
  EXPECT_TRUE(own_dead_runs().empty()) << testing::PrintToString(own_dead_runs());
}

TEST_F(Signals, TheNextRunSweepsAfterADeadOne) {
  kill_with_launcher(*start_sleeper("60"));
  script("t/a", "exit 0");
  EXPECT_EQ(run().status, 0);
}

TEST_F(Signals, CleanLeavesALiveRunAlone) {
  const std::unique_ptr<Program> program = start_sleeper("1");
  EXPECT_EQ(sharder({"clean"}).status, 0);
  const RunOutcome result = outcome(program->wait());
  EXPECT_EQ(result.status, 0) << result.all();
}

TEST_F(Signals, AKilledLauncherIsReplaced) {
  const std::unique_ptr<Program> program = start_sleeper("1");
  const Transcript killed = call({"pkill", "-9", "-P", std::to_string(program->pid())});
  ASSERT_EQ(killed.status, 0);
  const RunOutcome result = outcome(program->wait(std::chrono::seconds(20)));
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(result.verdicts(), "t/a=passed t/b=passed t/c=passed");
  EXPECT_EQ(result.outcomes("t/a"), "lost passed");
}

/// The run has all its results: what is stopped must not keep it from its end.
TEST_F(Signals, AStoppedLauncherDoesNotHoldUpTheEnd) {
  for (const std::string whom : {"-P $0", "-P $(pgrep -P $0)"}) {
    const std::unique_ptr<Program> program = start_sleeper("1");
    const std::string guard_or_server = "pkill -STOP " + whom;
    ASSERT_EQ(call({"sh", "-c", guard_or_server, std::to_string(program->pid())}).status, 0);
    const RunOutcome result = outcome(program->wait(std::chrono::seconds(40)));
    EXPECT_EQ(result.status, 0) << whom << "\n" << result.all();
    EXPECT_EQ(result.verdicts(), "t/a=passed t/b=passed t/c=passed") << whom;
    std::filesystem::remove_all(project() / ".sharder");
  }
}

TEST_F(Signals, ATestCannotStopTheRunByStoppingItself) {
  exec_suite("[run]\ntimeout = \"300ms\"\n");
  script("t/frozen", "echo before; kill -STOP $$; echo after");
  script("t/group", "kill -STOP 0");
  script("t/kills-all", "kill -9 -1; exit 0");
  const RunOutcome result = run({"--reruns", "0"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.outcomes("t/frozen"), "timed-out");
  EXPECT_EQ(result.outcomes("t/group"), "timed-out");
  EXPECT_EQ(result.verdict("t/kills-all").empty(), false);
}

TEST_F(Signals, CleanFindsWhatAPowerCutLeftOnTheDisk) {
  // In a mount namespace of its own: /run is empty, as it is after a boot.
  script("after-a-boot",
         "set -e\nmount -t tmpfs none /run\nmkdir -p /var/lib/sharder/storage\n"
         "mount -t tmpfs none /var/lib/sharder/storage\nmkdir /var/lib/sharder/storage/20200101-120000-dead\n" +
             binary() + " clean\nls /var/lib/sharder/storage");
  const Transcript cleaned = call({"unshare", "--mount", (project() / "after-a-boot").string()});
  EXPECT_EQ(cleaned.status, 0) << cleaned.all();
  EXPECT_THAT(cleaned.output, HasSubstr("20200101-120000-dead"));
  EXPECT_THAT(cleaned.output, Not(HasSubstr("\n20200101-120000-dead"))) << "told as removed, and no longer there";
}

}  // namespace
}  // namespace sharder::end_to_end
