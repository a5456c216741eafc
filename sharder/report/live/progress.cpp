#include "sharder/report/live/progress.hpp"

#include <algorithm>

#include "sharder/report/terminal_text.hpp"

namespace sharder {

struct Progress::Apply {
  Progress& progress;
  const Event& event;

  void operator()(const TestListed& listed) const { progress.tests_.push_back(listed.test); }
  void operator()(const AttemptStarted& started) const {
    if (progress.first_attempt_ < Seconds(0)) {
      progress.first_attempt_ = event.elapsed;
      progress.phase_ = "running";
    }
    progress.running_.push_back({started.test, started.attempt, event.elapsed});
  }
  void operator()(const AttemptFinished& finished) const {
    const AttemptRecord& record = finished.record;
    std::erase_if(progress.running_, [&](const Running& running) {
      return running.test == record.test && running.attempt == record.attempt;
    });
    // Only what a line may tell later.
    AttemptRecord brief;
    brief.outcome = record.outcome;
    brief.message = record.message.substr(0, 500);
    brief.duration = record.duration;
    brief.leaks = record.leaks;
    progress.attempts_[record.test].push_back(std::move(brief));
  }
  void operator()(const TestFinished& finished) const {
    progress.attempts_.erase(finished.test);
    progress.count(finished.verdict);
    ++progress.done_;
  }
  void operator()(const Draining& draining) const { progress.phase_ = "stopping: " + one_line(draining.why); }
  void operator()(const RunStarted&) const {}
  void operator()(const BaseReady&) const {}
  void operator()(const SetupFinished&) const {}
  void operator()(const CloneReady&) const {}
  void operator()(const CloneLost&) const {}
  void operator()(const CloneDiscarded&) const {}
  void operator()(const RunDivided&) const {}
  void operator()(const RunMerged&) const {}
  void operator()(const AttemptOutput&) const {}
  void operator()(const Notice&) const {}
  void operator()(const RunFinished&) const {}
};

void Progress::apply(const Event& event) {
  std::visit(Apply{*this, event}, event.payload);
}

void Progress::count(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      ++counts_.passed;
      return;
    case Verdict::failed:
      ++counts_.failed;
      return;
    case Verdict::flaky:
      ++counts_.flaky;
      return;
    case Verdict::skipped:
      ++counts_.skipped;
      return;
    case Verdict::lost:
      ++counts_.lost;
      return;
    case Verdict::not_run:
      ++counts_.not_run;
      return;
  }
}

Seconds Progress::time_left(Seconds elapsed) const {
  constexpr Seconds long_enough_to_judge{2};
  const Seconds spent = elapsed - first_attempt_;
  if (first_attempt_ < Seconds(0) || done_ == 0 || spent < long_enough_to_judge) return Seconds(-1);
  return spent * (static_cast<double>(total() - std::min(total(), done_)) / static_cast<double>(done_));
}

const std::vector<AttemptRecord>& Progress::attempts(TestIndex test) const {
  static const std::vector<AttemptRecord> none;
  const auto found = attempts_.find(test);
  return found == attempts_.end() ? none : found->second;
}

}  // namespace sharder
