// How the slots of a machine are shared by the runs on it. Pure.
#pragma once

#include <vector>

namespace sharder {

/// Slots of each run, given how many workers each of them has, the oldest run first. Nobody gets more than it has
/// workers, what one does not want goes to the others, and while slots last everybody has as many as the next, give or
/// take one. Where there are more runs than slots the youngest get none.
std::vector<int> fair_shares(const std::vector<int>& workers, int slots);

/// How many of `workers` may run tests at once, on a machine of `slots`, with `share` of them. More workers than slots
/// were meant to share them: the same part of them goes on. From 1 to `workers`.
int active_workers(int workers, int share, int slots);

}  // namespace sharder
