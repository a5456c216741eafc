#include "sharder/plan/estimates.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sharder {
namespace {

constexpr double sibling_quantile = 0.85;
constexpr std::size_t enough_siblings = 3;
// A test that failed in one of the last three runs is likely to fail again.
constexpr int hot_runs = 3;
// Nothing that is run takes no time, and an order needs something to go by.
constexpr Seconds least{1e-6};

/// The part of a name that tests of one file or class have in common.
std::string_view family_of(std::string_view name) {
  name = name.substr(0, name.find_first_of("[("));
  if (const auto colons = name.find("::"); colons != std::string_view::npos) return name.substr(0, colons);
  const auto last = name.find_last_of("./");
  return last == std::string_view::npos ? std::string_view() : name.substr(0, last);
}

/// What is known of tests that have something in common.
struct Siblings {
  std::vector<double> order_keys;
  double expected_sum = 0;
  double quantile = 0;  // filled when first asked for

  double order_key() {
    if (quantile > 0) return quantile;
    const auto position = static_cast<std::size_t>(sibling_quantile * static_cast<double>(order_keys.size() - 1) + 0.5);
    const auto nth = order_keys.begin() + static_cast<std::ptrdiff_t>(position);
    std::nth_element(order_keys.begin(), nth, order_keys.end());
    return quantile = *nth;
  }
  double expected() const { return expected_sum / static_cast<double>(order_keys.size()); }
};

class Estimator {
 public:
  Estimator(const std::vector<Test>& tests, const Past& past) : tests_(tests), past_(past) {}

  std::vector<Estimate> run() {
    std::vector<Estimate> estimates(tests_.size());
    std::vector<TestIndex> unknown;
    for (TestIndex test = 0; test < tests_.size(); ++test)
      if (!from_history(test, estimates[test])) unknown.push_back(test);
    const bool no_history = unknown.size() == tests_.size();
    if (no_history) std::erase_if(unknown, [&](TestIndex test) { return from_list(test, estimates[test]); });
    if (unknown.size() == tests_.size()) return estimates;
    if (!unknown.empty()) gather_siblings(estimates);
    for (const TestIndex test : unknown) {
      from_siblings(test, estimates[test]);
      estimates[test].hot = !no_history;
    }
    return estimates;
  }

 private:
  const PastTest* find(TestIndex test) const {
    const auto found = past_.tests.find(tests_[test].id);
    return found == past_.tests.end() ? nullptr : &found->second;
  }

  bool from_history(TestIndex test, Estimate& estimate) const {
    const PastTest* past = find(test);
    if (past == nullptr || past->durations == 0) return false;
    estimate.source = Estimate::Source::history;
    estimate.expected = std::max(past->expected, least);
    estimate.order_key = std::max({past->order_key, past->longest_failure, least});
    estimate.hot = past->runs_since_failure && *past->runs_since_failure < hot_runs;
    return true;
  }

  bool from_list(TestIndex test, Estimate& estimate) const {
    if (!tests_[test].cost) return false;
    estimate.source = Estimate::Source::list;
    estimate.order_key = estimate.expected = std::max(Seconds(*tests_[test].cost), least);
    return true;
  }

  std::array<std::string, 3> families(TestIndex test) const {
    const Test& t = tests_[test];
    const std::string program = t.suite + "\n" + t.program;
    return {program + "\n" + std::string(family_of(t.name)), program, t.suite};
  }

  void gather_siblings(const std::vector<Estimate>& estimates) {
    const auto add = [](Siblings& siblings, const Estimate& estimate) {
      siblings.order_keys.push_back(estimate.order_key.count());
      siblings.expected_sum += estimate.expected.count();
    };
    for (TestIndex test = 0; test < tests_.size(); ++test) {
      if (!estimates[test].known()) continue;
      for (const std::string& family : families(test)) add(siblings_[family], estimates[test]);
      add(all_, estimates[test]);
    }
  }

  Siblings& siblings_of(TestIndex test) {
    for (const std::string& family : families(test))
      if (const auto found = siblings_.find(family);
          found != siblings_.end() && found->second.order_keys.size() >= enough_siblings)
        return found->second;
    return all_;
  }

  void from_siblings(TestIndex test, Estimate& estimate) {
    Siblings& siblings = siblings_of(test);
    estimate.source = Estimate::Source::siblings;
    estimate.order_key = Seconds(siblings.order_key());
    estimate.expected = Seconds(siblings.expected());
    if (const PastTest* past = find(test)) estimate.order_key = std::max(estimate.order_key, past->longest_failure);
  }

  const std::vector<Test>& tests_;
  const Past& past_;
  std::unordered_map<std::string, Siblings> siblings_;
  Siblings all_;
};

}  // namespace

std::vector<Estimate> estimate_tests(const std::vector<Test>& tests, const Past& past) {
  return Estimator(tests, past).run();
}

}  // namespace sharder
