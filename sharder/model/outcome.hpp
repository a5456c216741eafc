// How an attempt ends and what is said of a test in the end. The words are promises to users (contract).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sharder/model/test.hpp"

namespace sharder {

/// How one attempt ended.
enum class Outcome {
  passed, failed, skipped, expected_failure, unexpected_success, crashed, timed_out, leaked, lost
};

/// Judgement on a test over its attempts.
enum class Verdict { passed, failed, flaky, skipped, lost, not_run };

std::string_view to_string(Outcome outcome);  // "timed-out"
std::string_view to_string(Verdict verdict);  // "not-run"
std::optional<Outcome> outcome_from(std::string_view word);
std::optional<Verdict> verdict_from(std::string_view word);

/// Whether the outcome counts against the test: failed, unexpected success, crashed, timed out, leaked.
bool is_failure(Outcome outcome);
/// Whether the outcome counts for it: passed, expected failure.
bool is_pass(Outcome outcome);

/// What the clone's accounting says of an attempt. Zero where it could not be told apart.
struct Usage {
  double cpu_seconds = 0;
  std::uint64_t memory_peak_bytes = 0;  // of the whole clone while the attempt ran; page cache included
  std::uint64_t memory_bytes = 0;       // rss + shmem at its end
  bool out_of_memory = false;           // the kernel killed something in the clone
};

/// A process that outlived its attempt and was killed.
struct Leak {
  int pid = 0;  // in the clone
  std::string command;
};

/// One case inside a test that is not a test of its own (a TAP file's lines).
struct Case {
  std::string name;
  Outcome outcome = Outcome::passed;
  std::string message;
};

/// Everything known of one finished attempt.
struct AttemptRecord {
  TestIndex test = 0;
  int attempt = 1;       // 1-based
  int worker = 0;        // 0-based
  std::string clone;
  Outcome outcome = Outcome::lost;
  std::string message;   // one line: "exit status 1", "SIGSEGV", "exceeded 10 min", the assertion
  std::string details;   // traceback or reason, as the framework gave it; bounded
  Seconds duration{0};   // wall, taken outside the test process
  Usage usage;
  std::vector<Leak> leaks;
  std::vector<std::string> wrote;  // paths; bounded, "…" last where cut
  std::vector<Case> cases;
  std::string output;    // head and tail, bounded
};

}  // namespace sharder
