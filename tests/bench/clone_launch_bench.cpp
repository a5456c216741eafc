// What clones and cells cost on this machine: prints figures, never fails because of them.
//   clone_launch_bench [LAUNCHER_DIRECTORY]
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "containers/lxc_clone_pool.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double processor_milliseconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto milliseconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
}

void print_distribution(const char* what, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
  };
  std::printf("%-46s median %7.2f ms   p10 %7.2f   p90 %7.2f   n=%zu\n", what, at(0.5), at(0.1), at(0.9),
              values.size());
}

ClonePoolSettings settings_for(const std::string& project) {
  ClonePoolSettings settings;
  settings.run_id = "bench-" + std::to_string(::getpid());
  settings.base = "host";
  settings.project = project;
  settings.hide = {"/root", "/home/*", "/etc/ssh/*_key"};
  settings.memory_bytes = 512u << 20;
  settings.disk_bytes = 512u << 20;
  return settings;
}

ExecuteRequest true_request(const std::string& project, bool cell) {
  ExecuteRequest request;
  request.command = {"/bin/true"};
  request.directory = project;
  request.environment = {"PATH=/usr/bin:/bin"};
  request.cell = cell;
  return request;
}

boost::asio::awaitable<void> run_to_end(Clone& clone, ExecuteRequest request) {
  const std::unique_ptr<Execution> execution = co_await clone.execute(std::move(request));
  for (;;) {
    const std::optional<ExecutionEvent> event = co_await execution->next(never);
    if (event && std::holds_alternative<CloneGone>(*event)) throw ContainerError("the clone is gone");
    if (event && std::holds_alternative<Ended>(*event)) co_return;
  }
}

boost::asio::awaitable<void> measure_launches(ClonePool& pool, int count) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    const auto start = Clock::now();
    CloneRequest request;
    const std::unique_ptr<Clone> clone = co_await pool.obtain(request);
    times.push_back(milliseconds_since(start));
  }
  times.erase(times.begin());  // the first starts the launcher
  print_distribution("one clone after another, to the agent's hello", std::move(times));
}

boost::asio::awaitable<void> obtain_into(ClonePool& pool, std::unique_ptr<Clone>& place, int& missing) {
  CloneRequest request;
  place = co_await pool.obtain(request);
  --missing;
}

double proportional_kib(const std::string& pid) {
  const std::string rollup = read_file_if_any("/proc/" + pid + "/smaps_rollup").value_or("");
  for (const std::string& line : split_lines(rollup))
    if (line.starts_with("Pss:")) return std::stod(line.substr(4));
  return 0;
}

void print_memory(std::size_t clones) {
  double total = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = std::string(trim(read_file_if_any(entry.path() / "comm").value_or("")));
    if (name == "sharder-launch" || name == "sharder-agent")
      total += proportional_kib(entry.path().filename().string());
  }
  std::printf("%-46s %14.2f MiB\n", "memory per idle clone, shared parts divided",
              total / 1024 / static_cast<double>(clones));
}

void measure_many(boost::asio::io_context& loop, ClonePool& pool, std::size_t count) {
  std::vector<std::unique_ptr<Clone>> clones(count);
  int missing = static_cast<int>(count);
  const auto start = Clock::now();
  for (std::unique_ptr<Clone>& clone : clones)
    boost::asio::co_spawn(loop, obtain_into(pool, clone, missing), boost::asio::detached);
  loop.restart();
  while (missing > 0) loop.run_one();
  std::printf("%zu clones at once %29s %14.2f ms\n", count, "", milliseconds_since(start));
  print_memory(count);
}

boost::asio::awaitable<void> measure_executions(ClonePool& pool, std::string project, bool cell, int count) {
  CloneRequest clone_request;
  const std::unique_ptr<Clone> clone = co_await pool.obtain(clone_request);
  std::vector<double> times;
  const double processor = processor_milliseconds();
  for (int i = 0; i < count; ++i) {
    ExecuteRequest request = true_request(project, cell);
    const auto start = Clock::now();
    co_await run_to_end(*clone, std::move(request));
    times.push_back(milliseconds_since(start));
  }
  const double cost = (processor_milliseconds() - processor) / count;
  print_distribution(cell ? "/bin/true in a cell, request to result" : "/bin/true spawned, request to result",
                     std::move(times));
  std::printf("%-46s %14.3f ms\n", "  of the supervisor's processor time each", cost);
}

void wait_for(boost::asio::io_context& loop, boost::asio::awaitable<void> work) {
  bool done = false;
  std::exception_ptr error;
  boost::asio::co_spawn(loop, std::move(work), [&](std::exception_ptr thrown) {
    error = thrown;
    done = true;
  });
  loop.restart();
  while (!done) loop.run_one();
  if (error) std::rethrow_exception(error);
}

int measure(const ClonePrograms& programs) {
  const std::string project = "/var/tmp/sharder-bench-" + std::to_string(::getpid());
  std::filesystem::create_directories(project);
  boost::asio::io_context loop{1};
  {
    LxcClonePool pool(loop.get_executor(), settings_for(project), programs);
    wait_for(loop, measure_launches(pool, 31));
    wait_for(loop, measure_executions(pool, project, false, 500));
    wait_for(loop, measure_executions(pool, project, true, 500));
    for (const std::size_t count : {8u, 64u}) measure_many(loop, pool, count);
    const auto start = Clock::now();
    wait_for(loop, pool.close());
    std::printf("%-46s %14.2f ms\n", "until all are gone", milliseconds_since(start));
  }
  std::filesystem::remove_all(project);
  return 0;
}

}  // namespace
}  // namespace sharder

int main(int count, char** arguments) {
  try {
    const std::filesystem::path directory = count > 1
                                                ? std::filesystem::path(arguments[1])
                                                : std::filesystem::path(SHARDER_BINARY_DIRECTORY) / "bin";
    return sharder::measure({directory / "sharder-launcher", directory / "sharder-agent"});
  } catch (const sharder::Error& error) {
    std::fprintf(stderr, "clone_launch_bench: %s\n", error.what());
    return 0;
  }
}
