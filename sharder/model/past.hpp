// What earlier runs of a project tell of its tests: plain values between the history, which gathers them, and the plan
// and the host, which decide by them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "sharder/model/outcome.hpp"

namespace sharder {

/// One test, on machines of one class.
struct PastTest {
  int durations = 0;        // how many passes the two numbers below rest on; 0: it never passed
  Seconds order_key{0};     // like a high quantile, robust to outliers: for ordering
  Seconds expected{0};      // like a mean: for sums
  Seconds longest_failure{0};  // a failed attempt is a censored duration: it orders, it does not feed the mean
  double cpu_seconds = 0;   // mean of its attempts; 0 where never told apart
  std::uint64_t memory_bytes = 0;       // largest rss + shmem seen
  std::uint64_t memory_peak_bytes = 0;  // largest peak seen; counts page cache
  std::optional<int> runs_since_failure;  // 0: it failed or was flaky in the last run that had it; empty: never
  Verdict last_verdict = Verdict::passed;
};

struct Past {
  std::unordered_map<std::string, PastTest> tests;  // by id
  std::map<std::string, Seconds> process_startup;   // by suite: mean cost of starting a process of it
  int runs = 0;                                     // that this rests on
};

}  // namespace sharder
