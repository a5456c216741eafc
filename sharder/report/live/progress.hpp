// What a run in progress looks like from outside: how many are done, what runs and since when.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sharder/model/event.hpp"

namespace sharder {

class Progress {
 public:
  struct Running {
    TestIndex test = 0;
    int attempt = 1;
    Seconds since{0};
  };

  void apply(const Event& event);

  std::size_t total() const { return tests_.size(); }
  std::size_t done() const { return done_; }
  const Counts& counts() const { return counts_; }
  const std::string& id(TestIndex test) const { return tests_.at(test)->id; }
  /// Oldest first.
  const std::vector<Running>& running() const { return running_; }
  /// What goes on while no test runs: "preparing", "running", "stopping: SIGINT".
  const std::string& phase() const { return phase_; }
  /// Time left, judged by the pace so far; negative while nobody can tell.
  Seconds time_left(Seconds elapsed) const;
  /// Attempts of a test that has no verdict yet.
  const std::vector<AttemptRecord>& attempts(TestIndex test) const;

 private:
  struct Apply;
  void count(Verdict verdict);

  std::vector<std::shared_ptr<const Test>> tests_;
  std::vector<Running> running_;
  std::map<TestIndex, std::vector<AttemptRecord>> attempts_;  // of tests that are not done
  Counts counts_;
  std::size_t done_ = 0;
  Seconds first_attempt_{-1};
  std::string phase_ = "preparing";
};

}  // namespace sharder
