// The stream of a run gathered into what can be asked of it at the end: every test with its attempts and its
// verdict, counts and times. What the summary and all files of results are made from.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sharder/model/event.hpp"

namespace sharder {

class RunRecord : public EventConsumer {
 public:
  struct Attempt {
    AttemptRecord record;  // output only where it failed or the test did, and shortened
    std::chrono::system_clock::time_point started, finished;
    std::string log;  // relative to the run's directory; "" where nothing was said
    std::string run;  // that it was made in, where runs were merged
  };
  struct TestRecord {
    std::shared_ptr<const Test> test;
    std::vector<Attempt> attempts;  // in the order they finished
    std::optional<Verdict> verdict;
    std::string cause, note;

    /// Where the run ended before anybody judged: not-run, or lost once it had been tried.
    Verdict judged() const;
    /// The attempt that stands for the verdict; nullptr where there was none.
    const Attempt* decisive() const;
    bool leaked() const;
  };
  struct LostClone {
    std::string clone, reason;
  };

  void consume(const Event& event) override;

  const RunStarted& run() const { return run_; }
  /// The runs that this one was merged from; none for any other.
  const std::vector<RunMerged>& merged() const { return merged_; }
  /// Empty for a run of everything.
  const std::optional<RunDivided>& divided() const { return divided_; }
  /// Empty for a run that was killed.
  const std::optional<RunFinished>& finished() const { return finished_; }
  const std::vector<TestRecord>& tests() const { return tests_; }
  const std::vector<LostClone>& lost_clones() const { return lost_clones_; }
  const std::vector<std::string>& warnings() const { return warnings_; }
  const std::string& draining() const { return draining_; }
  std::chrono::system_clock::time_point started_at() const { return started_at_; }
  std::chrono::system_clock::time_point ended_at() const { return ended_at_; }
  Counts counts() const;

 private:
  struct Apply;
  void start_attempt(const AttemptStarted& started, std::chrono::system_clock::time_point when);
  void finish_attempt(const AttemptRecord& record, const Event& event);
  TestRecord& at(TestIndex test);

  RunStarted run_;
  std::vector<RunMerged> merged_;
  std::optional<RunDivided> divided_;
  std::optional<RunFinished> finished_;
  std::vector<TestRecord> tests_;
  std::vector<std::optional<std::chrono::system_clock::time_point>> running_since_;  // by test
  std::vector<LostClone> lost_clones_;
  std::vector<std::string> warnings_;
  std::string draining_;
  std::chrono::system_clock::time_point started_at_, ended_at_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace sharder
