#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>

#include "containers/clean.hpp"
#include "containers/lxc_clone_pool.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/unique_fd.hpp"
#include "tests/lxc/lxc_fixture.hpp"

namespace sharder {
namespace {

class LxcLife : public LxcCloneTest {};

std::string output_of(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string output;
  char buffer[256];
  while (pipe != nullptr && std::fgets(buffer, sizeof buffer, pipe) != nullptr) output += buffer;
  if (pipe != nullptr) ::pclose(pipe);
  return output;
}

TEST_F(LxcLife, AnswersTheToolsOfLxc) {
  const std::string where = " -P " + run_directory(run_id()) + " -n " + clone_->name();
  EXPECT_NE(output_of("lxc-info -s" + where).find("RUNNING"), std::string::npos);
  EXPECT_EQ(output_of("lxc-attach" + where + " -- id -u 2>&1"), "0\n");
}

TEST_F(LxcLife, ADiscardedCloneTakesItsProcessesAlong) {
  const std::unique_ptr<Execution> execution = wait_for(clone_->execute(request({"sleep", "6543"})));
  clone_.reset();
  const std::optional<ExecutionEvent> event = wait_for(execution->next(never));
  EXPECT_TRUE(event && std::holds_alternative<CloneGone>(*event));
  close(*pool_);
  EXPECT_EQ(output_of("pgrep -f 'sleep 654[3]'"), "");
}

TEST_F(LxcLife, ManyClonesStartAtOnce) {
  std::vector<std::unique_ptr<Clone>> clones(12);
  std::size_t ready = 0;
  for (std::unique_ptr<Clone>& place : clones) {
    const auto obtain_one = [](ClonePool& pool, std::unique_ptr<Clone>& into,
                               std::size_t& count) -> boost::asio::awaitable<void> {
      CloneRequest none;
      into = co_await pool.obtain(none);
      ++count;
    };
    boost::asio::co_spawn(loop_, obtain_one(*pool_, place, ready),
                          [](std::exception_ptr error) { EXPECT_FALSE(error); });
  }
  loop_.restart();
  while (ready < clones.size()) loop_.run_one();
  for (const std::unique_ptr<Clone>& clone : clones)
    EXPECT_EQ(shell(*clone, "echo here", true).output, "here\n");
}

TEST_F(LxcLife, ACloneThatNobodyWaitsForAnyMoreIsDiscarded) {
  const auto obtain_one = [](ClonePool& pool) -> boost::asio::awaitable<void> {
    CloneRequest none;
    const std::unique_ptr<Clone> clone = co_await pool.obtain(none);
  };
  for (int milliseconds = 0; milliseconds < 20; milliseconds += 2) {
    boost::asio::cancellation_signal stop;
    bool ended = false;
    const auto end = [&ended](std::exception_ptr) { ended = true; };
    boost::asio::co_spawn(loop_, obtain_one(*pool_), boost::asio::bind_cancellation_slot(stop.slot(), end));
    loop_.restart();
    loop_.run_for(std::chrono::milliseconds(milliseconds));
    stop.emit(boost::asio::cancellation_type::terminal);
    loop_.restart();
    while (!ended) loop_.run_one();
    loop_.restart();
    loop_.poll();  // what the signal left to do, while it lives
  }
  const auto begun = std::chrono::steady_clock::now();
  clone_.reset();
  close(*pool_);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
}

TEST_F(LxcLife, SaysWhenACloneDied) {
  // What a clone's root can do to its own init is nothing; the machine's administrator stops it with LXC's
  // tools.
  output_of("lxc-stop -k -P " + run_directory(run_id()) + " -n " + clone_->name() + " 2>&1");
  const Transcript transcript = shell(*obtain(*pool_), "echo well");
  EXPECT_EQ(transcript.output, "well\n");
  EXPECT_TRUE(clone_->gone());
  EXPECT_NE(clone_->why_gone(), "");
  EXPECT_THROW(shell(*clone_, "true"), ContainerError);
}

class LxcImpatient : public LxcCloneTest {
 protected:
  ClonePoolSettings pool_settings() override {
    ClonePoolSettings impatient = settings();
    impatient.server_patience = std::chrono::seconds(1);
    return impatient;
  }
};

TEST_F(LxcImpatient, AServerThatDoesNotAnswerIsReplaced) {
  const std::string guard = "$(pgrep -P " + std::to_string(::getpid()) + " sharder-launch)";
  output_of("pkill -STOP -P " + guard);
  EXPECT_THROW(obtain(*pool_), ContainerError);
  EXPECT_EQ(shell(*obtain(*pool_), "echo well").output, "well\n");
  EXPECT_TRUE(clone_->gone());
}

/// A supervisor of its own in a child process, to be killed.
class LxcKilled : public LxcTest {
 protected:
  pid_t start_supervisor(Pipe& ready) {
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    boost::asio::io_context loop{1};
    LxcClonePool pool(loop.get_executor(), settings(), programs());
    const auto work = [](ClonePool& clones, Identity user, int told) -> boost::asio::awaitable<void> {
      CloneRequest none;
      const std::unique_ptr<Clone> clone = co_await clones.obtain(none);
      ExecuteRequest sleep;
      sleep.command = {"/bin/sleep", "7654"};
      sleep.directory = "/";
      sleep.environment = {"PATH=/usr/bin:/bin"};
      sleep.user = user;
      sleep.cell = true;
      const std::unique_ptr<Execution> execution = co_await clone->execute(sleep);
      ExecuteRequest look = sleep;
      look.command = {
          "/bin/sh", "-c",
          "until cat /proc/*/cmdline | tr '\\0' ' ' | grep -q 'sleep 765[4]'; do sleep 0.01; done"};
      look.cell = false;
      const std::unique_ptr<Execution> second = co_await clone->execute(look);
      co_await second->next(never);
      if (::write(told, "r", 1) == 1) co_await execution->next(never);
    };
    boost::asio::co_spawn(loop, work(pool, Identity{}, ready.write_end.get()), boost::asio::detached);
    loop.run();
    ::_exit(0);
  }
};

TEST_F(LxcKilled, ASupervisorThatIsKilledLeavesNothing) {
  Pipe ready = make_pipe();
  const pid_t supervisor = start_supervisor(ready);
  ready.write_end.reset();
  char byte = 0;
  ASSERT_EQ(::read(ready.read_end.get(), &byte, 1), 1);
  EXPECT_NE(output_of("pgrep -f 'sleep 765[4]'"), "");
  ::kill(supervisor, SIGKILL);
  ::waitpid(supervisor, nullptr, 0);
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  std::string remains = "unknown";
  while (!remains.empty() && std::chrono::steady_clock::now() < limit) {
    remains = remains_of(run_id()) + output_of("pgrep -f 'sleep 765[4]'");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(remains, "");
}

TEST_F(LxcKilled, CleaningRemovesDeadRunsAndOnlyThose) {
  const std::unique_ptr<ClonePool> pool = make_pool(settings());
  const std::unique_ptr<Clone> alive = obtain(*pool);
  const std::string dead = run_id() + "-dead";
  std::filesystem::create_directories("/run/sharder/" + dead + "/clone");
  for (const auto& entry : std::filesystem::directory_iterator("/sys/fs/cgroup"))
    if (entry.is_directory())
      std::filesystem::create_directories(entry.path() / ("sharder-" + dead) / "clone");
  // What all runs share is not a dead run.
  const std::filesystem::path lock = "/run/sharder/locks/lock-of-" + run_id();
  std::filesystem::create_directories(lock.parent_path());
  std::ofstream(lock) << "";
  const CleanReport report = clean_dead_runs();
  EXPECT_TRUE(std::filesystem::remove(lock));
  EXPECT_EQ(remains_of(dead), "");
  EXPECT_TRUE(report.kept.empty());
  EXPECT_EQ(shell(*alive, "echo alive").output, "alive\n");
}

TEST_F(LxcKilled, TellsWhyNoCloneCanStart) {
  ClonePoolSettings wrong = settings();
  wrong.project = "/no/such/project";
  const std::unique_ptr<ClonePool> pool = make_pool(wrong);
  EXPECT_THROW(obtain(*pool), UnfitError);
}

}  // namespace
}  // namespace sharder
