#include "tests/lxc/lxc_fixture.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "containers/lxc_clone_pool.hpp"
#include "containers/rootfs/nesting.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

std::string why_not_here() {
  if (::geteuid() != 0) return "clones need root";
  if (::access("/usr/lib/x86_64-linux-gnu/lxc/rootfs", F_OK) != 0 &&
      ::access("/usr/lib/lxc/rootfs", F_OK) != 0)
    return "liblxc-common is not installed";
  return {};
}

int next_run = 0;

void add_matching_lines(std::string& found, const std::string& file, const std::string& word) {
  for (const std::string& line : split_lines(read_file_if_any(file).value_or("")))
    if (line.find(word) != std::string::npos) found += file + ": " + line + "\n";
}

}  // namespace

void LxcTest::SetUp() {
  if (const std::string reason = why_not_here(); !reason.empty()) {
    if (const char* required = std::getenv("SHARDER_REQUIRE_LXC");
        required != nullptr && std::string(required) == "1")
      FAIL() << reason;
    GTEST_SKIP() << reason;
  }
  run_id_ = "20000101-000000-test-" + std::to_string(::getpid()) + "-" + std::to_string(next_run++);
  project_ = "/var/tmp/sharder-" + run_id_ + "/project";
  std::filesystem::create_directories(project_);
  std::ofstream(project_ + "/hello") << "hello\n";
}

void LxcTest::TearDown() {
  if (run_id_.empty()) return;
  std::filesystem::remove_all("/var/tmp/sharder-" + run_id_);
  EXPECT_EQ(remains_of(run_id_), "");
}

ClonePrograms LxcTest::programs() {
  const std::filesystem::path directory = std::filesystem::path(SHARDER_BINARY_DIRECTORY) / "bin";
  return {directory / "sharder-launcher", directory / "sharder-agent"};
}

bool LxcTest::in_a_clone() {
  return rootfs::find_surroundings() == rootfs::Surroundings::nesting_clone;
}

Identity LxcTest::ordinary_user() {
  return {"tester", 1000, 1000, {}, "/home/tester", "/bin/sh"};
}

ClonePoolSettings LxcTest::settings() {
  ClonePoolSettings settings;
  settings.run_id = run_id_;
  settings.base = "host";
  settings.project = project_;
  settings.project_hidden = {".sharder"};
  settings.hide = {"/root", "/home/*"};
  settings.memory_bytes = 256u << 20;
  settings.disk_bytes = 256u << 20;
  settings.processes = 500;
  return settings;
}

std::unique_ptr<ClonePool> LxcTest::make_pool(ClonePoolSettings settings) {
  return std::make_unique<LxcClonePool>(loop_.get_executor(), std::move(settings), programs());
}

std::unique_ptr<Clone> LxcTest::obtain(ClonePool& pool, CloneRequest request) {
  return wait_for(pool.obtain(std::move(request)));
}

void LxcTest::close(ClonePool& pool) {
  wait_for(pool.close());
}

ExecuteRequest LxcTest::request(std::vector<std::string> command) const {
  ExecuteRequest request;
  request.command = std::move(command);
  request.directory = project_;
  request.environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"};
  return request;
}

Transcript LxcTest::finish(Execution& execution) {
  Transcript transcript;
  for (;;) {
    const TimePoint deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    std::optional<ExecutionEvent> event = wait_for(execution.next(deadline));
    if (!event) {
      ADD_FAILURE() << "the execution did not end";
      return transcript;
    }
    if (auto* output = std::get_if<OutputBytes>(&*event)) {
      (output->error_stream ? transcript.error_output : transcript.output) += output->bytes;
    } else if (auto* result = std::get_if<ResultBytes>(&*event)) {
      transcript.result += result->bytes;
    } else if (auto* collected = std::get_if<Collected>(&*event)) {
      transcript.collected.push_back(std::move(*collected));
    } else if (auto* ended = std::get_if<Ended>(&*event)) {
      transcript.ended = std::move(*ended);
      return transcript;
    } else {
      transcript.clone_gone = std::get<CloneGone>(*event).reason;
      return transcript;
    }
  }
}

Transcript LxcTest::run(Clone& clone, ExecuteRequest request) {
  const std::unique_ptr<Execution> execution = wait_for(clone.execute(std::move(request)));
  return finish(*execution);
}

std::string LxcTest::leave_sleeping(const std::string& seconds) {
  const std::string left = "sleep " + seconds;
  return "setsid " + left + " > /dev/null 2>&1 & until pgrep -xf '" + left + "' > /dev/null; do sleep 0.01; done";
}

Transcript LxcTest::shell(Clone& clone, const std::string& script, bool cell) {
  ExecuteRequest shell = request({"sh", "-c", script});
  shell.cell = cell;
  return run(clone, std::move(shell));
}

void LxcCloneTest::SetUp() {
  LxcTest::SetUp();
  if (IsSkipped() || HasFatalFailure()) return;
  pool_ = make_pool(pool_settings());
  clone_ = obtain(*pool_);
}

void LxcCloneTest::TearDown() {
  clone_.reset();
  if (pool_) close(*pool_);
  pool_.reset();
  LxcTest::TearDown();
}

std::string remains_of(const std::string& run_id) {
  std::string found;
  add_matching_lines(found, "/proc/self/mountinfo", run_id);
  for (const auto& entry : std::filesystem::directory_iterator("/sys/fs/cgroup"))
    if (std::filesystem::exists(entry.path() / ("sharder-" + run_id))) found += entry.path().string() + "\n";
  if (std::filesystem::exists("/sys/fs/cgroup/sharder-" + run_id)) found += "/sys/fs/cgroup\n";
  if (std::filesystem::exists("/run/sharder/" + run_id)) found += "/run/sharder/" + run_id + "\n";
  for (const auto& entry : std::filesystem::directory_iterator("/proc"))
    add_matching_lines(found, entry.path().string() + "/cgroup", "sharder-" + run_id);
  return found;
}

}  // namespace sharder
