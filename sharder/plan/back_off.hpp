// Decides how many workers may start tests now, given how short the machine is of memory and processors.
// Pure: it is handed a sample about once a second and remembers only what it decided.
#pragma once

#include <string>

#include "sharder/model/pressure.hpp"

namespace sharder {

/// Want of memory cuts the workers by half, down to one: a machine that swaps or kills is slower than one
/// with half of its workers. Want of processors only takes back what is above `cores`: tests that were said
/// to wait do not. Both come back slowly, and only in calm weather, so that it does not swing.
class BackOff {
 public:
  /// `cores`: as many workers as the machine carries whatever the tests do.
  BackOff(int workers, int cores);

  /// Returns whether allowed() changed.
  bool observe(const PressureSample& sample);

  /// From 1 to the number of workers.
  int allowed() const { return allowed_; }
  bool backed_off() const { return allowed_ < workers_; }
  /// Why the last cut was made: "memory is short: something waited for it 31 % of the time, 800.0 MiB are
  /// left".
  const std::string& why() const { return why_; }

 private:
  bool cut(int allowed, std::string why);

  int workers_, cores_, allowed_;
  int hold_ = 0;     // samples until the next cut: what runs must first have had a chance to end
  int calm_ = 0;     // calm samples on end
  int crowded_ = 0;  // samples on end in which processors were short
  std::string why_;
};

}  // namespace sharder
