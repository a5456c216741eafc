#include "sharder/plan/plan.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "sharder/plan/order.hpp"
#include "sharder/plan/rehearsal.hpp"
#include "sharder/plan/resources.hpp"

namespace sharder {
namespace {

// Tests that are a good part of the bound go first whatever else there is: late, they would be the end of the run.
constexpr double long_share = 0.3;
// What hot tests may take of all work before they wait like the others.
constexpr double hot_share = 0.05;

// Among so many tests none is large enough for the rule to matter, and playing them through takes a while.
constexpr std::size_t most_rehearsed = 20'000;

class Planner {
 public:
  Planner(const std::vector<Test>& tests, const Ties& ties, std::vector<Estimate> estimates,
          const PlanSettings& settings, WideRule rule)
      : tests_(tests), ties_(ties), rule_(rule) {
    plan_.settings = settings;
    plan_.estimates = std::move(estimates);
    plan_.ranks.resize(tests.size());
  }

  Plan run() {
    plan_.order = order_tests(tests_.size(), plan_.settings.order, plan_.settings.seed);
    const std::vector<bool>& settled = plan_.settings.settled;
    std::erase_if(plan_.order, [&](TestIndex t) {
      return ties_.role(t) != FixtureRole::none || tests_[t].disabled || (!settled.empty() && settled[t]);
    });
    if (plan_.by_duration()) rank_by_duration();
    else rank_by_position();
    return std::move(plan_);
  }

 private:
  double expected(TestIndex test) const { return plan_.estimates[test].expected.count(); }
  int cores(TestIndex test) const { return std::clamp(tests_[test].cores, 1, plan_.settings.workers); }
  bool alone(TestIndex test) const { return tests_[test].exclusive && !plan_.settings.dissolve_locks; }

  double total() const {
    double sum = 0;
    for (const TestIndex test : plan_.order) sum += expected(test) * cores(test);
    return sum;
  }

  void rank_by_position() {
    for (std::size_t position = 0; position < plan_.order.size(); ++position)
      plan_.ranks[plan_.order[position]] = {3, static_cast<double>(position)};
  }

  /// What must run one after another for each lock.
  std::map<std::string, double> lock_chains() const {
    std::map<std::string, double> chains;
    for (const TestIndex test : plan_.order)
      for (const std::string& lock : locks_taken(tests_[test], plan_.settings.dissolve_locks))
        chains[lock] += expected(test);
    return chains;
  }

  /// What a test that comes late can cost, from which on it is no matter of the others: nominal estimates are all the
  /// same, so none of them is long.
  double long_from() const {
    double longest = 0;
    for (const TestIndex test : plan_.order) longest = std::max(longest, plan_.estimates[test].order_key.count());
    return long_share * std::max(total() / plan_.settings.workers, longest);
  }

  int tier_of(TestIndex test, double long_from, const std::map<std::string, double>& chains) const {
    // A test that must run alone costs least before the others have begun: nothing has to be waited for.
    if (alone(test)) return 0;
    const bool known = plan_.estimates[test].known();
    if (cores(test) > 1 && (rule_ == WideRule::first || !known)) return 1;
    double seconds = known ? plan_.estimates[test].order_key.count() : 0;
    for (const std::string& lock : locks_taken(tests_[test], plan_.settings.dissolve_locks))
      seconds = std::max(seconds, chains.at(lock));
    return seconds > long_from ? 1 : 3;
  }

  void rank_by_duration() {
    const double from = long_from();
    const std::map<std::string, double> chains = lock_chains();
    for (const TestIndex test : plan_.order) {
      const int weight = rule_ == WideRule::area ? cores(test) : 1;
      plan_.ranks[test] = {tier_of(test, from, chains), -plan_.estimates[test].order_key.count() * weight};
    }
    promote_hot_tests();
    std::stable_sort(plan_.order.begin(), plan_.order.end(), [&](TestIndex left, TestIndex right) {
      const Rank &l = plan_.ranks[left], &r = plan_.ranks[right];
      return l.tier != r.tier ? l.tier < r.tier : l.key < r.key;
    });
  }

  /// Shortest first, as far as they cost next to nothing: who broke something sees it early.
  void promote_hot_tests() {
    std::vector<TestIndex> hot;
    for (const TestIndex test : plan_.order)
      if (plan_.estimates[test].hot && plan_.ranks[test].tier == 3 && tests_[test].group.empty() &&
          ties_.chain(test) < 0)
        hot.push_back(test);
    std::stable_sort(hot.begin(), hot.end(), [&](TestIndex l, TestIndex r) { return expected(l) < expected(r); });
    double left = hot_share * total();
    for (const TestIndex test : hot) {
      left -= expected(test) * cores(test);
      if (left < 0) return;
      plan_.ranks[test].tier = 2;
    }
  }

  const std::vector<Test>& tests_;
  const Ties& ties_;
  WideRule rule_;
  Plan plan_;
};

bool any_wide(const std::vector<Test>& tests) {
  return std::any_of(tests.begin(), tests.end(), [](const Test& test) { return test.cores > 1; });
}

}  // namespace

Plan make_plan(const std::vector<Test>& tests, const Ties& ties, std::vector<Estimate> estimates,
               const PlanSettings& settings, WideRule rule) {
  return Planner(tests, ties, std::move(estimates), settings, rule).run();
}

Plan make_plan(const std::vector<Test>& tests, const Ties& ties, std::vector<Estimate> estimates,
               const PlanSettings& settings) {
  Plan best = make_plan(tests, ties, estimates, settings, WideRule::duration);
  if (!best.by_duration() || settings.workers == 1 || tests.size() > most_rehearsed || !any_wide(tests)) return best;
  Seconds shortest = rehearse(tests, ties, best);
  for (const WideRule rule : {WideRule::area, WideRule::first}) {
    Plan other = make_plan(tests, ties, estimates, settings, rule);
    const Seconds makespan = rehearse(tests, ties, other);
    if (makespan >= shortest) continue;
    shortest = makespan;
    best = std::move(other);
  }
  return best;
}

}  // namespace sharder
