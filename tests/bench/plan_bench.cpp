// What planning costs: a suite of 100,000 tests with a history, from the past to an empty queue. Prints, never judges.
#include <fmt/format.h>
#include <sys/resource.h>

#include <cmath>
#include <ctime>
#include <random>

#include "sharder/plan/queue.hpp"

namespace sharder {
namespace {

constexpr int test_count = 100'000;
constexpr int workers = 192;

/// Processor time: what the machine does beside does not count.
double processor_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Lognormal durations; one in twenty tests needs a lock, one in a hundred several cores, one in ten is new.
std::vector<Test> make_tests(Past& past) {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> duration(std::log(0.1), 1.5);
  std::vector<Test> tests(test_count);
  for (int i = 0; i < test_count; ++i) {
    Test& test = tests[static_cast<std::size_t>(i)];
    test.suite = "unit";
    test.name = fmt::format("tests/test_{}.py::test_{}", i / 50, i);
    test.id = test.name;
    if (i % 20 == 0) test.locks = {fmt::format("lock{}", i % 7)};
    if (i % 100 == 1) test.cores = 4;
    if (i % 10 == 2) continue;
    PastTest& known = past.tests[test.id];
    known.durations = 3;
    known.expected = Seconds(duration(random));
    known.order_key = known.expected * 1.3;
  }
  return tests;
}

void run() {
  Past past;
  const std::vector<Test> tests = make_tests(past);
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);

  const double begun = processor_seconds();
  const Ties ties(tests);
  const Plan plan = make_plan(tests, ties, estimate_tests(tests, past), {.workers = workers});
  Queue queue(tests, ties, plan, [](const Test&) { return true; });
  const double planning = processor_seconds() - begun;
  rusage after{};
  ::getrusage(RUSAGE_SELF, &after);

  const double pulling = processor_seconds();
  Seconds now{0};
  int taken = 0;
  while (!queue.empty()) {
    now += Seconds{0.001};
    const std::optional<TestIndex> test = queue.take(taken % workers, now);
    if (!test) break;
    queue.release(*test);
    queue.mark_ran(*test);
    ++taken;
  }
  fmt::print("planning {} tests for {} workers: {:.3f} s of one processor, {:.0f} MiB more than the tests themselves\n",
             test_count, workers, planning, static_cast<double>(after.ru_maxrss - before.ru_maxrss) / 1024);
  fmt::print("pulling {} tests: {:.2f} microseconds each\n", taken, (processor_seconds() - pulling) / taken * 1e6);
}

}  // namespace
}  // namespace sharder

int main() { sharder::run(); }
