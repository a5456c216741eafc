// How fast a core of this machine is, beside one of the CI machine: a short, rough measurement. Good for
// telling a fast core from a slow one, not for telling two machines of one generation apart;
// docs/reference/hardware-profiles.md says how it is done.
#pragma once

namespace sharder {

struct CoreScore {
  double mixes_per_second = 0;   // rounds of integer arithmetic that depend on each other
  double visits_per_second = 0;  // loads that depend on each other, from 4 MiB
};

/// Takes about half a second of processor time on the core where the caller happens to run.
CoreScore measure_core();

/// 1 for the CI machine's cores: the geometric mean of both ratios.
double relative_speed(const CoreScore& score);

}  // namespace sharder
