// How the workers of several runs, and the attempts of several runs at one test, are told apart in a merge: each run's
// come behind those of the runs before it. Works both ways. Pure.
#pragma once

#include <unordered_map>

#include "sharder/model/event.hpp"

namespace sharder {

/// What was counted up to now: the workers of all runs, and by test the attempts.
struct MergeNumbers {
  int workers = 0;
  std::unordered_map<TestIndex, int> attempts;

  int attempts_at(TestIndex test) const {
    const auto found = attempts.find(test);
    return found == attempts.end() ? 0 : found->second;
  }
  /// Counts what an event speaks of.
  void count(const EventPayload& payload);
  /// Whether its numbers are such as runs have. More than a merge of many runs has can be nobody's.
  static bool can_count(const EventPayload& payload);

 private:
  static constexpr int most_numbers = 10'000'000;
};

/// Adds what comes before to the numbers of an event (sign 1), or takes it away (sign -1).
void renumber(EventPayload& payload, const MergeNumbers& before, int sign);

/// The test that an event speaks of; null where it speaks of none.
TestIndex* test_in(EventPayload& payload);
const TestIndex* test_in(const EventPayload& payload);

}  // namespace sharder
