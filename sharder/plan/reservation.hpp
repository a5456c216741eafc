// Keeps cores for a test that needs several of them, without idling more than it must: what others start meanwhile has
// to be over by the time that enough cores are free. Pure.
#pragma once

#include <optional>
#include <vector>

#include "sharder/model/test.hpp"

namespace sharder {

/// A test that is running, as far as its cores are concerned.
struct Occupation {
  TestIndex test = 0;
  Seconds end{0};  // as expected
  int cores = 1;
};

/// Source: EASY backfilling (Lifka 1995): one reservation, for the first test in the order that wants for cores.
class Reservation {
 public:
  /// For a test of `cores`, of which fewer are free at `now`.
  Reservation(std::vector<Occupation> running, int free_cores, int cores, Seconds now);

  /// Whether a test of so many cores that is expected to take `duration` can begin now without making it wait.
  bool allows(int cores, Seconds duration) const {
    return now_ + duration <= start_ || cores <= spare_cores_;
  }
  /// When enough cores are expected to be free.
  Seconds start() const { return start_; }

 private:
  Seconds now_, start_;
  int spare_cores_;  // left over at start_
};

}  // namespace sharder
