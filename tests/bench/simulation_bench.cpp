// What a simulated run costs: wall time, tests per second, processor time per test and peak memory. Prints figures,
// never fails because of them.
//   simulation_bench [TESTS [WORKERS]]
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "sharder/simulate/prediction.hpp"

namespace sharder {
namespace {

constexpr std::uint64_t seed = 20261122;

double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peak_mebibytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// Durations as suites have them: log-normal, median 0.1 s, a few a hundred times that.
std::vector<SimulatedTest> skewed_suite(std::size_t count) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> logarithm(std::log(0.1), 1.5);
  std::vector<SimulatedTest> tests(count);
  for (std::size_t i = 0; i < count; ++i) {
    Test& test = tests[i].test;
    test.suite = "s";
    test.name = test.id = "tests/module_" + std::to_string(i / 20) + ".py::TestCase::test_" + std::to_string(i);
    tests[i].durations = {Seconds{std::exp(logarithm(random))}};
  }
  return tests;
}

void measure(const char* what, Feed feed, std::size_t count, std::size_t workers, bool past) {
  std::vector<SimulatedTest> tests = skewed_suite(count);
  double work = 0;
  SimulationSettings settings;
  settings.worker_speeds.assign(workers, 1.0);
  settings.startup = Seconds{0.2};
  settings.suites["s"] = {.feed = feed, .process_startup = Seconds{0.3}, .overhead = Seconds{0.001}, .wind_down = {}};
  for (const SimulatedTest& one : tests) {
    work += one.durations.front().count();
    if (past)
      settings.past.tests[one.test.id] = {
          .durations = 5, .order_key = one.durations.front(), .expected = one.durations.front()};
  }
  const double processor = processor_seconds();
  const auto start = std::chrono::steady_clock::now();
  const Prediction prediction = simulate(std::move(tests), settings);
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double busy = processor_seconds() - processor;
  std::printf(
      "%-8s %-10s %7zu tests  %4zu workers  %6.2f s  %6.0f tests/s  %5.2f s of processor  %5.1f us/test  peak %5.1f "
      "MiB  "
      "makespan %.1f s (%.1f of work each)\n",
      what, past ? "history" : "no history", count, workers, wall, static_cast<double>(count) / wall, busy,
      busy / static_cast<double>(count) * 1e6, peak_mebibytes(), prediction.makespan.count(),
      work / static_cast<double>(workers));
}

}  // namespace
}  // namespace sharder

int main(int count, char** arguments) {
  const std::size_t tests = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 100000;
  const std::size_t workers = count > 2 ? std::strtoul(arguments[2], nullptr, 10) : 192;
  for (const bool past : {true, false}) {
    sharder::measure("each", sharder::Feed::each, tests, workers, past);
    sharder::measure("stdin", sharder::Feed::standard_input, tests, workers, past);
    sharder::measure("batch", sharder::Feed::batch, tests, workers, past);
  }
  return 0;
}
