// Which tests are tied to others by CTest's fixtures and DEPENDS, and what must run before them in a clone. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sharder/model/test.hpp"

namespace sharder {

/// How a test takes part in fixtures.
enum class FixtureRole {
  none,     // an ordinary test
  setup,    // runs in every clone before the first test that requires its fixture
  cleanup,  // runs in every clone where its fixture was set up, at the clone's end
};

/// Adds to the selection the set-up and clean-up tests of every fixture that a selected test requires, as CTest does.
void select_fixtures(const std::vector<Test>& tests, std::vector<bool>& selected);

class Ties {
 public:
  /// `tests` outlives this. Fixtures and dependencies that no test of the list offers are ignored, as CTest does.
  explicit Ties(const std::vector<Test>& tests);

  /// Set-up and clean-up tests that some test of the list requires; one that nobody requires is ordinary.
  FixtureRole role(TestIndex test) const { return roles_[test]; }
  /// Whether the test shares its clone's files with others: these run without cells of their own.
  bool tied(TestIndex test) const { return tied_[test]; }
  /// Direct dependencies by DEPENDS: they must have run before, in the same clone.
  const std::vector<TestIndex>& depends(TestIndex test) const { return depends_[test]; }
  /// Tests linked by DEPENDS, directly or not, have the same number; -1 for a test without.
  int chain(TestIndex test) const { return chains_[test]; }

  /// What must still run in a clone before `test`, in order, where `done` have run there already: set-up tests
  /// of its fixtures, of those that it cleans up, its dependencies, and theirs.
  std::vector<TestIndex> prelude(TestIndex test, const std::set<TestIndex>& done) const;
  /// Set-up tests that `test` requires directly; if one of them failed in this clone, the test cannot run.
  const std::vector<TestIndex>& setups(TestIndex test) const { return setups_[test]; }
  /// Clean-up tests that a clone owes in the end, in order, where `done` have run there.
  std::vector<TestIndex> cleanups(const std::set<TestIndex>& done) const;

  /// Names of tests that depend on themselves, through others; empty unless the configuration is wrong.
  const std::vector<std::string>& cycle() const { return cycle_; }

 private:
  void find_fixtures();
  void find_dependencies();
  void find_cycle();
  bool visit(TestIndex test, std::vector<int>& state);
  void add_before(TestIndex test, const std::set<TestIndex>& done, std::vector<TestIndex>& before,
                  std::set<TestIndex>& seen) const;
  void add_cleanup(TestIndex cleanup, std::set<TestIndex>& owed, std::vector<TestIndex>& ordered) const;

  const std::vector<Test>& tests_;
  std::vector<FixtureRole> roles_;
  std::vector<bool> tied_;
  std::vector<std::vector<TestIndex>> setups_, cleanups_, depends_;
  std::vector<std::vector<TestIndex>> undoes_;  // of a clean-up: the set-up tests of its fixtures
  std::vector<int> chains_;
  std::vector<std::string> cycle_;
};

}  // namespace sharder
