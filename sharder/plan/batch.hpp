// Decides how many tests one process gets, for runners that cannot be fed one by one. Pure.
#pragma once

#include <cstddef>

#include "sharder/model/test.hpp"

namespace sharder {

struct BatchConditions {
  std::size_t remaining = 0;  // tests of the same program that have not started
  int workers = 1;
  Seconds startup{0};         // measured cost of starting a process of this program; 0: not known yet
  Seconds mean{0};            // mean duration of its tests so far; 0: not known yet
};

/// At least 1, at most `remaining`. Batches aim at max(2 start-ups, 0.7 of what is left for each worker), so they
/// shrink towards the end; before anything was measured, a quarter of each worker's share goes first.
/// Source: factoring (Hummel, Schonberg, Flynn 1992), cut by time and not by count.
std::size_t batch_size(const BatchConditions& conditions);

}  // namespace sharder
