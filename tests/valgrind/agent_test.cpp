// The agent reads and writes no memory that it should not, and loses none, whatever it is ordered to do.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "sharder/support/files.hpp"
#include "tests/valgrind/agent_process.hpp"

namespace sharder {
namespace {

class AgentUnderValgrind : public testing::Test {
 protected:
  void SetUp() override {
    const std::string missing = missing_for_valgrind();
    if (missing.empty()) return agent_.emplace(), void();
    const char* required = std::getenv("SHARDER_REQUIRE_LXC");
    if (required != nullptr && *required == '1') FAIL() << missing;
    GTEST_SKIP() << missing;
  }

  static wire::Run shell(std::uint64_t id, const std::string& script) {
    wire::Run run;
    run.id = id;
    run.command = {"sh", "-c", script};
    run.environment = {"PATH=/usr/bin:/bin"};
    run.directory = "/";
    return run;
  }

  /// Orders the process; what it prints goes nowhere.
  void order(wire::Run run, std::vector<wire::Stream> more = {}) {
    std::vector<UniqueFd> files;
    std::vector<int> descriptors;
    more.insert(more.begin(), wire::Stream::output);
    for (const wire::Stream stream : more) {
      run.streams = static_cast<std::uint8_t>(run.streams | static_cast<std::uint8_t>(stream));
      files.push_back(open_for_writing(agent_->directory() / "stream"));
      descriptors.push_back(files.back().get());
    }
    agent_->send(wire::FrameType::run, encode(run), descriptors);
  }

  /// Under valgrind vfork is fork: a process may be killed before it is one of its own.
  void wait_for_output() const {
    while (std::filesystem::file_size(agent_->directory() / "stream") == 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  void expect_clean_end() {
    const int status = agent_->end();
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    EXPECT_EQ(agent_->complaints(), "");
  }

  static UniqueFd open_for_writing(const std::filesystem::path& path) {
    return UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_TRUNC, 0600));
  }

  std::optional<AgentProcess> agent_;
};

TEST_F(AgentUnderValgrind, RunsProcessesAndReportsTheirEnds) {
  order(shell(1, "exit 3"));
  const auto exited = agent_->report();
  ASSERT_TRUE(exited);
  EXPECT_EQ(exited->code, 3);
  order(shell(2, "setsid sleep 1000 & exit 0"));
  const auto leaked = agent_->report();
  ASSERT_TRUE(leaked);
  EXPECT_EQ(leaked->leaks.size(), 1u);
  order(shell(3, "echo running; sleep 1000"));
  wait_for_output();
  agent_->send(wire::FrameType::checkpoint, encode(wire::Order{3, 0}));
  EXPECT_TRUE(agent_->report(wire::FrameType::agent_checkpointed));
  agent_->send(wire::FrameType::kill, encode(wire::Order{3, SIGKILL}));
  const auto killed = agent_->report();
  ASSERT_TRUE(killed);
  EXPECT_EQ(killed->kind, wire::AgentReport::Kind::signalled);
  expect_clean_end();
}

TEST_F(AgentUnderValgrind, KeepsServicesUntilTheyAreKilled) {
  wire::Run service = shell(1, "sleep 1000 & exit 0");
  service.role = wire::Run::Role::service;
  order(service);
  EXPECT_TRUE(agent_->report());
  agent_->send(wire::FrameType::checkpoint, encode(wire::Order{1, 0}));
  EXPECT_TRUE(agent_->report(wire::FrameType::agent_checkpointed));
  agent_->send(wire::FrameType::kill, encode(wire::Order{1, SIGKILL}));
  order(shell(2, "exit 0"));
  EXPECT_TRUE(agent_->report());
  expect_clean_end();
}

TEST_F(AgentUnderValgrind, DeliversFilesAndResults) {
  const std::filesystem::path project = agent_->directory() / "project";
  std::filesystem::create_directories(project / "deep");
  write_file(project / "deep" / "one.txt", "content");
  wire::Run run = shell(1, "cat /run/sharder/ids; echo told > /run/sharder/result");
  run.files = {{"ids", "a\nb\n", 0644}};
  run.result_file = "/run/sharder/result";
  run.project = project;
  run.collect = {"**/*.txt", "deep/[a-z]*", "missing"};
  order(run, {wire::Stream::result, wire::Stream::collect});
  const auto ended = agent_->report();
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->kind, wire::AgentReport::Kind::exited);
  expect_clean_end();
}

TEST_F(AgentUnderValgrind, RefusesOrdersThatMakeNoSense) {
  wire::Run run = shell(1, "exit 0");
  run.pieces = {{"/"}, {"/tmp"}};
  order(run);
  const auto refused = agent_->report();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->kind, wire::AgentReport::Kind::lost);
  run.pieces.clear();
  run.command.clear();
  order(run);
  EXPECT_TRUE(agent_->report());
  run = shell(2, "exit 0");
  run.files = {{"../escape", "x", 0644}};
  order(run);
  EXPECT_TRUE(agent_->report());
  agent_->send(wire::FrameType::kill, encode(wire::Order{77, SIGKILL}));
  agent_->send(wire::FrameType::run, "no order at all");
  agent_->send(wire::FrameType::pack_layer, "nor this");
  order(shell(3, "exit 0"));
  EXPECT_TRUE(agent_->report());
  expect_clean_end();
}

TEST_F(AgentUnderValgrind, EndsAtBytesThatAreNoFrame) {
  ASSERT_TRUE(agent_->next(wire::FrameType::hello));
  agent_->send_bytes("this is no frame at all");
  EXPECT_FALSE(agent_->next(wire::FrameType::agent_ended));
  const int status = agent_->end();
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1) << status;
  EXPECT_EQ(agent_->complaints(), "");
}

}  // namespace
}  // namespace sharder
