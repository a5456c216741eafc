// Decides how much one process gets to do, for runners that cannot be fed one by one. Pure.
#pragma once

#include <cstddef>

#include "sharder/model/test.hpp"

namespace sharder {

struct BatchConditions {
  Seconds remaining{0};   // what is expected of all tests that have not ended
  int workers = 1;
  Seconds startup{0};     // measured cost of starting a process of this program; 0: not known yet
  bool estimated = false;  // whether durations are known, from history or from this run; else they are nominal
};

/// What one process may take.
struct BatchLimits {
  Seconds target{0};    // tests are added while they are expected to take no longer than that together
  Seconds unknown{1};   // what a test without estimate counts for
  std::size_t count = 1;
};

/// Batches aim at two start-ups at least, and at so much of what is left for each worker that they shrink towards the
/// end: 0.7 of it where a start costs next to nothing, 0.9 where it costs more, and all where what remains would not be
/// worth another start. Before anything was measured, a quarter of each worker's share goes first. Source: factoring
/// (Hummel, Schonberg, Flynn 1992), cut by time and not by count.
Seconds batch_target(const BatchConditions& conditions);

/// A command line has room for about a thousand ids of ordinary length (128 KiB a word).
inline constexpr std::size_t largest_batch = 1000;

}  // namespace sharder
