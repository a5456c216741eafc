// A run as the history keeps it, whether it was ours or another runner's whose results were imported.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sharder/model/outcome.hpp"

namespace sharder {

/// The source of runs that were ours; of others it is the format that they were imported from.
inline constexpr const char* own_source = "run";

/// The host class of results that say nothing of the machine they were made on.
inline constexpr const char* imported_host_class = "imported";

struct RecordedAttempt {
  int position = 0;  // among all attempts of the run, in the order they started, from 0
  int attempt = 1;
  int worker = 0;
  Outcome outcome = Outcome::passed;
  std::optional<Seconds> duration;  // empty: not told
  std::optional<Usage> usage;       // empty: not told
};

struct RecordedTest {
  std::string id;
  std::shared_ptr<const Test> test;  // as it was listed; null for what was imported
  Verdict verdict = Verdict::passed;
  std::string cause;
  std::vector<RecordedAttempt> attempts;  // in the order they started; empty: it was only listed
};

/// Under which conditions a run of ours was made.
struct RecordedConditions {
  std::string project;
  std::string host_class;  // machines of one class take the same time for the same test
  std::string base;
  std::string order;
  int workers = 0;
  std::uint64_t seed = 0;
  int cores = 0;  // of the machine, as far as the run could use them; 0: not known
};

struct RecordedRun {
  RecordedConditions conditions;
  std::string run_id;          // no attempt of it is recorded twice
  std::string source = own_source;
  std::chrono::system_clock::time_point started;
  std::optional<int> exit_status;
  std::optional<Seconds> makespan;
  std::vector<RecordedTest> tests;
  std::map<std::string, Seconds> process_startup;  // by suite: mean cost of starting a process of it
};

}  // namespace sharder
