// What tests that run at the same time must share out: cores, locks, and the right to be alone. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sharder/model/test.hpp"

namespace sharder {

struct ResourceLimits {
  int cores = 1;               // one for each worker; a wider test takes all of them
  bool dissolve_locks = false;  // clones cannot see each other, so locks and exclusive tests need not wait
};

/// The locks that `test` takes: none where they are dissolved.
const std::vector<std::string>& locks_taken(const Test& test, bool dissolve_locks);

class Resources {
 public:
  explicit Resources(ResourceLimits limits) : limits_(limits) {}

  bool available_for(const Test& test) const;
  /// Whether nothing but cores keeps `test` from starting.
  bool wants_cores_only(const Test& test) const;
  void acquire(const Test& test);
  void release(const Test& test);

  /// At most all that there are.
  int cores_of(const Test& test) const;
  int free_cores() const { return limits_.cores - cores_in_use_; }

 private:
  bool locks_free(const Test& test) const;
  bool exclusive(const Test& test) const { return test.exclusive && !limits_.dissolve_locks; }

  ResourceLimits limits_;
  int running_ = 0, cores_in_use_ = 0;
  bool alone_ = false;
  std::set<std::string> held_;
};

}  // namespace sharder
