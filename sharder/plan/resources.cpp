#include "sharder/plan/resources.hpp"

#include <algorithm>

#include "sharder/support/errors.hpp"

namespace sharder {

int Resources::cores_of(const Test& test) const { return std::clamp(test.cores, 1, limits_.cores); }

const std::vector<std::string>& locks_taken(const Test& test, bool dissolve_locks) {
  static const std::vector<std::string> none;
  return dissolve_locks ? none : test.locks;
}

bool Resources::locks_free(const Test& test) const {
  const std::vector<std::string>& locks = locks_taken(test, limits_.dissolve_locks);
  return std::none_of(locks.begin(), locks.end(), [&](const std::string& lock) { return held_.count(lock) > 0; });
}

bool Resources::available_for(const Test& test) const {
  if (alone_ || (exclusive(test) && running_ > 0)) return false;
  return cores_of(test) <= free_cores() && locks_free(test);
}

bool Resources::wants_cores_only(const Test& test) const {
  return !alone_ && !exclusive(test) && cores_of(test) > free_cores() && locks_free(test);
}

void Resources::acquire(const Test& test) {
  SHARDER_ASSERT(available_for(test), test.id);
  ++running_;
  cores_in_use_ += cores_of(test);
  alone_ = exclusive(test);
  held_.insert(locks_taken(test, limits_.dissolve_locks).begin(), locks_taken(test, limits_.dissolve_locks).end());
}

void Resources::release(const Test& test) {
  SHARDER_ASSERT(running_ > 0, test.id);
  --running_;
  cores_in_use_ -= cores_of(test);
  if (exclusive(test)) alone_ = false;
  for (const std::string& lock : locks_taken(test, limits_.dissolve_locks)) held_.erase(lock);
}

}  // namespace sharder
