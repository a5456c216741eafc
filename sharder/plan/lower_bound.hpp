// What no scheduler can beat: the least time that a set of tests takes on so many workers. Pure.
#pragma once

#include <string>
#include <vector>

#include "sharder/model/test.hpp"

namespace sharder {

/// One piece of work, as known after a run or as expected before it.
struct Work {
  const Test* test = nullptr;
  Seconds duration{0};
};

struct BoundConditions {
  Seconds startup{0};  // until the first test can start: clone, services, listing
  int workers = 1;
  bool dissolve_locks = false;
};

struct LowerBound {
  /// Which term binds.
  enum class Binding { work, longest_test, lock_chain, exclusive, wide };
  Seconds total{0};    // start-up included; 0 where there was no work
  Seconds startup{0};
  Binding binding = Binding::work;
  Seconds work{0};       // share of each worker, of what is not exclusive
  Seconds longest{0}, chain{0}, exclusive{0};
  Seconds wide{0};  // tests of more than half of the cores: no two of them fit beside each other
  std::string longest_test, longest_chain;  // id, name of the lock
};

/// LB = start-up + exclusive tests + max(rest / workers, longest of the rest, longest chain of one lock, tests of more
/// than half of the cores). A wide test counts as often as it takes cores. Source: Graham 1969; O(n log locks).
LowerBound lower_bound(const std::vector<Work>& work, const BoundConditions& conditions);

/// "the longest test, unit/Big (12 s)": for people.
std::string describe_binding(const LowerBound& bound);

}  // namespace sharder
