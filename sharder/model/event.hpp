// The run as one ordered stream of events. The dispatcher is its only writer; the journal is the stream on
// disk; every report is a consumer. Nothing is known of a run that is not in here.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sharder/model/outcome.hpp"
#include "sharder/model/test.hpp"

namespace sharder {

/// Version of the journal's format, in run.started.
constexpr int journal_format = 1;

struct RunStarted {
  std::string run_id, project, project_directory, base, user, host, command_line, version;
  std::uint64_t seed = 0;
  int workers = 0;
  int part = 0, parts = 0;  // of --partition; 0: everything
  bool privileged = false;
  std::string why_workers;  // "2 cores", "--workers", "memory for 3 clones"
  std::map<std::string, std::string> suites;  // how the tests of each are given to processes: each, batch or stdin
  std::vector<std::string> merged = {};       // ids of the runs that this one was merged from
};
struct BaseReady {
  std::string base;
  Seconds duration{0};
};
struct SetupFinished {
  bool cached = false;
  Seconds duration{0};
};
/// How --partition divided the selection; told before its part is listed.
struct RunDivided {
  std::string division;   // stands for the ids of all tests and the part of each: division_digest()
  std::size_t tests = 0;  // in all parts together
};
/// One per selected test, in the order of the list; the index into them is TestIndex.
struct TestListed {
  std::shared_ptr<const Test> test;
  std::vector<std::string> runs = {};  // that have it, where runs were merged
};
struct CloneReady {
  int worker = 0;
  std::string clone;
  Seconds duration{0};  // from the request until its services answered
  bool warm = false;    // it was begun before the worker needed it
};
struct CloneLost {
  int worker = 0;
  std::string clone, reason;
};
struct CloneDiscarded {
  int worker = 0;
  std::string clone;
};
struct AttemptStarted {
  TestIndex test = 0;
  int attempt = 1, worker = 0;
  std::string clone;
};
/// Output as it comes, before any bound; the journal keeps none of it, logs/ and the terminal do.
struct AttemptOutput {
  TestIndex test = 0;
  int attempt = 1, worker = 0;
  std::string bytes;
};
struct AttemptFinished {
  AttemptRecord record;
};
/// What one of several merged runs said of a test.
struct RunVerdict {
  std::string run;
  Verdict verdict = Verdict::lost;
  std::string cause, note;
};
struct TestFinished {
  TestIndex test = 0;
  Verdict verdict = Verdict::lost;
  std::string cause;  // empty until something found one
  std::string note;   // e.g. that a project file changed during the run
  std::vector<RunVerdict> runs = {};  // where several merged runs have it: the verdict is the worst of these
};
/// Something a person should know; also printed.
struct Notice {
  enum class Weight { information, warning } weight = Weight::warning;
  std::string text;
};
/// SIGINT, SIGTERM, fail-fast or a deadline: nothing new is started.
struct Draining {
  std::string why;
};

struct Counts {
  int selected = 0, passed = 0, failed = 0, flaky = 0, skipped = 0, lost = 0, not_run = 0;
  bool operator==(const Counts&) const = default;
};
struct RunFinished {
  int exit_status = 70;
  Counts counts;
  Seconds makespan{0};      // first clone requested to last verdict
  Seconds serial_sum{0};    // sum of every attempt's duration
  Seconds startup{0};       // until the first test could start: clone, services, listing
  Seconds lower_bound{0};   // what no scheduler could have beaten, start-up included; 0: nothing ran
  std::string binding;      // what makes the bound what it is, in words
  Seconds dissolved{0};     // what dissolving locks saved at least
  std::map<std::string, Seconds> process_startup;  // by suite: mean cost of starting a process of it, where measured
  std::string incomplete;   // why, if it is
};

/// A run that went into a merged one, in the order of its numbers; the event's time is when it began.
struct RunMerged {
  RunStarted started;
  std::optional<RunFinished> finished;  // nothing: it was killed
  std::chrono::system_clock::time_point ended;
};

using EventPayload = std::variant<RunStarted, RunMerged, BaseReady, SetupFinished, RunDivided, TestListed, CloneReady,
                                  CloneLost, CloneDiscarded, AttemptStarted, AttemptOutput, AttemptFinished,
                                  TestFinished, Notice, Draining, RunFinished>;

struct Event {
  std::uint64_t sequence = 0;                  // gapless from 1; output has its predecessor's
  std::chrono::system_clock::time_point time;  // for people; may jump
  Seconds elapsed{0};                          // since the run began, monotonic
  EventPayload payload;
  std::string run = {};  // that it happened in, where runs were merged
};

/// A consumer of the stream. Called in order, from the loop's thread; must not block for long and must not
/// throw for reasons outside (a full disk is its own affair: it reports through `trouble`).
class EventConsumer {
 public:
  virtual ~EventConsumer() = default;
  virtual void consume(const Event& event) = 0;
  /// Called once after the last event. Returns what went wrong on the way ("" if nothing did).
  virtual std::string finish() { return {}; }
};

}  // namespace sharder
