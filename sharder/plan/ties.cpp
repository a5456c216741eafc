#include "sharder/plan/ties.hpp"

#include <algorithm>
#include <numeric>

namespace sharder {
namespace {

using Providers = std::map<std::pair<std::string, std::string>, std::vector<TestIndex>>;  // by suite and fixture

}  // namespace

void select_fixtures(const std::vector<Test>& tests, std::vector<bool>& selected) {
  const auto offers = [](const Test& test, const std::string& fixture) {
    const auto has = [&](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), fixture) != names.end();
    };
    return has(test.fixtures_setup) || has(test.fixtures_cleanup);
  };
  std::vector<TestIndex> open;
  for (TestIndex i = 0; i < tests.size(); ++i)
    if (selected[i] && !tests[i].fixtures_required.empty()) open.push_back(i);
  while (!open.empty()) {
    const Test& test = tests[open.back()];
    open.pop_back();
    for (const std::string& fixture : test.fixtures_required) {
      for (TestIndex i = 0; i < tests.size(); ++i) {
        if (selected[i] || tests[i].suite != test.suite || !offers(tests[i], fixture)) continue;
        selected[i] = true;
        open.push_back(i);
      }
    }
  }
}

Ties::Ties(const std::vector<Test>& tests)
    : tests_(tests),
      roles_(tests.size(), FixtureRole::none),
      tied_(tests.size(), false),
      setups_(tests.size()),
      cleanups_(tests.size()),
      depends_(tests.size()),
      undoes_(tests.size()),
      chains_(tests.size(), -1) {
  find_fixtures();
  find_dependencies();
  find_cycle();
}

void Ties::find_fixtures() {
  Providers setups, cleanups;
  for (TestIndex i = 0; i < tests_.size(); ++i) {
    for (const std::string& fixture : tests_[i].fixtures_setup) setups[{tests_[i].suite, fixture}].push_back(i);
    for (const std::string& fixture : tests_[i].fixtures_cleanup) cleanups[{tests_[i].suite, fixture}].push_back(i);
  }
  for (TestIndex i = 0; i < tests_.size(); ++i) {
    for (const std::string& fixture : tests_[i].fixtures_required) {
      for (const TestIndex setup : setups[{tests_[i].suite, fixture}]) {
        roles_[setup] = FixtureRole::setup;
        setups_[i].push_back(setup);
        tied_[i] = tied_[setup] = true;
      }
      for (const TestIndex cleanup : cleanups[{tests_[i].suite, fixture}]) {
        roles_[cleanup] = FixtureRole::cleanup;
        cleanups_[i].push_back(cleanup);
        tied_[i] = tied_[cleanup] = true;
      }
    }
  }
  for (const auto& [fixture, those] : cleanups) {
    for (const TestIndex cleanup : those) {
      for (const TestIndex setup : setups[fixture]) {
        if (roles_[cleanup] != FixtureRole::cleanup || roles_[setup] != FixtureRole::setup) continue;
        cleanups_[setup].push_back(cleanup);
        undoes_[cleanup].push_back(setup);
      }
    }
  }
}

void Ties::find_dependencies() {
  std::map<std::pair<std::string, std::string>, TestIndex> by_name;
  for (TestIndex i = 0; i < tests_.size(); ++i) by_name.emplace(std::pair{tests_[i].suite, tests_[i].name}, i);
  for (TestIndex i = 0; i < tests_.size(); ++i) {
    for (const std::string& name : tests_[i].depends) {
      const auto found = by_name.find({tests_[i].suite, name});
      if (found == by_name.end() || found->second == i) continue;
      depends_[i].push_back(found->second);
      tied_[i] = tied_[found->second] = true;
    }
  }
  // Union by smallest member: chains are short, so following links to the root costs nothing.
  std::vector<TestIndex> root(tests_.size());
  std::iota(root.begin(), root.end(), TestIndex{0});
  const auto find = [&](TestIndex i) {
    while (root[i] != i) i = root[i] = root[root[i]];
    return i;
  };
  for (TestIndex i = 0; i < tests_.size(); ++i)
    for (const TestIndex other : depends_[i]) {
      // Copies: std::minmax of temporaries would hand out references to what is gone.
      const TestIndex one = find(i), another = find(other);
      root[std::max(one, another)] = std::min(one, another);
    }
  for (TestIndex i = 0; i < tests_.size(); ++i)
    for (const TestIndex other : depends_[i]) chains_[i] = chains_[other] = static_cast<int>(find(i));
}

bool Ties::visit(TestIndex test, std::vector<int>& state) {
  enum { unseen, open, closed };
  if (state[test] == closed) return false;
  if (state[test] == open) {
    cycle_.push_back(tests_[test].name);
    return true;
  }
  state[test] = open;
  for (const auto* before : {&setups_[test], &depends_[test]}) {
    for (const TestIndex other : *before) {
      if (!visit(other, state)) continue;
      if (cycle_.size() == 1 || cycle_.front() != cycle_.back()) cycle_.push_back(tests_[test].name);
      return true;
    }
  }
  state[test] = closed;
  return false;
}

void Ties::find_cycle() {
  std::vector<int> state(tests_.size(), 0);
  for (TestIndex i = 0; i < tests_.size(); ++i)
    if (state[i] == 0 && visit(i, state)) return;
}

void Ties::add_before(TestIndex test, const std::set<TestIndex>& done, std::vector<TestIndex>& before,
                      std::set<TestIndex>& seen) const {
  for (const auto* earlier : {&setups_[test], &undoes_[test], &depends_[test]}) {
    for (const TestIndex other : *earlier) {
      if (done.count(other) > 0 || !seen.insert(other).second) continue;
      add_before(other, done, before, seen);
      before.push_back(other);
    }
  }
}

std::vector<TestIndex> Ties::prelude(TestIndex test, const std::set<TestIndex>& done) const {
  std::vector<TestIndex> before;
  std::set<TestIndex> seen{test};
  add_before(test, done, before, seen);
  return before;
}

std::vector<TestIndex> Ties::cleanups(const std::set<TestIndex>& done) const {
  std::set<TestIndex> owed;
  std::vector<TestIndex> open(done.begin(), done.end());
  while (!open.empty()) {
    const TestIndex test = open.back();
    open.pop_back();
    for (const TestIndex cleanup : cleanups_[test])
      if (owed.insert(cleanup).second) open.push_back(cleanup);
  }
  std::vector<TestIndex> ordered;
  while (!owed.empty()) add_cleanup(*owed.begin(), owed, ordered);
  return ordered;
}

/// Behind those that require what it takes down.
void Ties::add_cleanup(TestIndex cleanup, std::set<TestIndex>& owed, std::vector<TestIndex>& ordered) const {
  owed.erase(cleanup);
  for (const TestIndex other : std::vector<TestIndex>(owed.begin(), owed.end())) {
    const std::vector<TestIndex>& after = cleanups_[other];
    const bool requires_it = std::find(after.begin(), after.end(), cleanup) != after.end();
    if (requires_it && owed.count(other) > 0) add_cleanup(other, owed, ordered);
  }
  ordered.push_back(cleanup);
}

}  // namespace sharder
