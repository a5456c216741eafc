// Says whether another test may start now: how many workers may run at once while the machine is under
// pressure or shared with other runs, and whether a test's memory fits. Samples the pressure once a second while tests
// run. The policies are plan/back_off and plan/memory_budget; the dispatcher asks and obeys.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>

#include "sharder/model/event.hpp"
#include "sharder/model/pressure.hpp"
#include "sharder/plan/back_off.hpp"
#include "sharder/plan/memory_budget.hpp"
#include "sharder/support/time_source.hpp"

namespace sharder {

struct AdmissionSettings {
  int workers = 1;
  int cores = 1;                   // workers that the machine carries whatever the tests do
  std::uint64_t memory_bytes = 0;  // for all clones together; 0: not known
  /// How many workers may run at once beside the other runs on this machine; asked about once a second. Empty: all.
  std::function<int()> share = {};
};

class Admission {
 public:
  using Sampler = std::function<PressureSample()>;

  /// `changed` is called when more may start than before; `tell` when the number of workers goes down, and
  /// when all may run again. Both from the event loop, never from within a call of this class. `time`
  /// outlives this.
  Admission(TimeSource& time, AdmissionSettings settings, Sampler sample, std::function<void(Notice)> tell,
            std::function<void()> changed);

  /// From 1 to the number of workers.
  int allowed_workers() const { return std::min(back_off_.allowed(), share_); }
  /// Whether one more may start beside those that run, by number and by memory. `need` is memory_need() of
  /// its past.
  bool admits(std::uint64_t need_bytes) const;

  /// A worker took up a test (or several that share a process: the largest need), and is done with it.
  void began(std::uint64_t need_bytes);
  void ended(std::uint64_t need_bytes);
  /// A clone was discarded that held so much. It counts for a moment: nobody waits for it to be gone.
  void clone_discarded(std::uint64_t bytes);

 private:
  struct Dying {
    TimePoint until;
    std::uint64_t bytes;
  };

  void sample_soon();
  void take_sample();
  void look_at_share();
  void look_at_weather();
  void bury_soon();
  void bury();

  TimeSource& time_;
  AdmissionSettings settings_;
  Sampler sample_;
  std::function<void(Notice)> tell_;
  std::function<void()> changed_;
  BackOff back_off_;
  MemoryBudget memory_;
  int share_;  // of the workers, what other runs leave to this one
  std::deque<Dying> dying_;  // in the order of their end
  std::unique_ptr<Alarm> sampling_, burial_;
};

}  // namespace sharder
