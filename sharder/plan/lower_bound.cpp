#include "sharder/plan/lower_bound.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sharder/plan/resources.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

class Bound {
 public:
  explicit Bound(const BoundConditions& conditions) : conditions_(conditions) { bound_.startup = conditions.startup; }

  void add(const Work& work) {
    const int cores = std::clamp(work.test->cores, 1, conditions_.workers);
    if (work.test->exclusive && !conditions_.dissolve_locks) {
      bound_.exclusive += work.duration;
      return;
    }
    area_ += work.duration * cores;
    if (2 * cores > conditions_.workers && cores > 1) bound_.wide += work.duration;
    if (work.duration > bound_.longest) {
      bound_.longest = work.duration;
      bound_.longest_test = work.test->id;
    }
    for (const std::string& lock : locks_taken(*work.test, conditions_.dissolve_locks)) chains_[lock] += work.duration;
  }

  LowerBound finish() {
    for (const auto& [lock, sum] : chains_)
      if (sum > bound_.chain) bound_.chain = sum, bound_.longest_chain = lock;
    bound_.work = area_ / std::max(conditions_.workers, 1);
    const Seconds rest = std::max({bound_.work, bound_.longest, bound_.chain, bound_.wide});
    bound_.total = bound_.startup + bound_.exclusive + rest;
    bound_.binding = binding(rest);
    return std::move(bound_);
  }

 private:
  LowerBound::Binding binding(Seconds rest) const {
    if (bound_.exclusive > rest) return LowerBound::Binding::exclusive;
    if (bound_.work >= rest) return LowerBound::Binding::work;
    if (bound_.longest >= rest) return LowerBound::Binding::longest_test;
    return bound_.chain >= rest ? LowerBound::Binding::lock_chain : LowerBound::Binding::wide;
  }

  const BoundConditions& conditions_;
  LowerBound bound_;
  Seconds area_{0};
  std::map<std::string, Seconds> chains_;
};

}  // namespace

LowerBound lower_bound(const std::vector<Work>& work, const BoundConditions& conditions) {
  if (work.empty()) return {};
  Bound bound(conditions);
  for (const Work& one : work) bound.add(one);
  return bound.finish();
}

std::string describe_binding(const LowerBound& bound) {
  switch (bound.binding) {
    case LowerBound::Binding::work: return "the work of all tests, shared out";
    case LowerBound::Binding::longest_test:
      return fmt::format("the longest test, {} ({})", bound.longest_test, format_duration(bound.longest));
    case LowerBound::Binding::lock_chain:
      return fmt::format("the tests that need the lock \"{}\", one after another ({})", bound.longest_chain,
                         format_duration(bound.chain));
    case LowerBound::Binding::exclusive:
      return fmt::format("the tests that must run alone ({})", format_duration(bound.exclusive));
    case LowerBound::Binding::wide:
      return fmt::format("the tests that need more than half of the cores, one after another ({})",
                         format_duration(bound.wide));
  }
  return "";
}

}  // namespace sharder
