// What is kept of one test on machines of one class: a row of `models`, in memory.
#pragma once

#include <cstdint>

#include "sharder/history/database.hpp"
#include "sharder/plan/duration_model.hpp"

namespace sharder {

struct ModelRow {
  DurationModel duration;
  double longest_failure = 0;  // seconds; since it last passed a run without failing in it
  int measured = 0;            // attempts whose CPU time is known
  double cpu_mean = 0;         // seconds
  std::int64_t memory_bytes = 0, memory_peak_bytes = 0;
};

/// The columns of read_model(), in its order.
inline constexpr const char* model_columns =
    "durations, log_mean, log_variance, mean, deviations, deviations_log_sum, deviations_sum, "
    "longest_failure, measured,"
    " cpu_mean, memory_bytes, memory_peak_bytes";

/// Reads a row whose columns from `first` on are model_columns. Inline, for it is called 100,000 times at a
/// start.
inline ModelRow read_model(const Statement& row, int first) {
  ModelRow model;
  model.duration = {
      static_cast<int>(row.integer(first)),     row.real(first + 1), row.real(first + 2), row.real(first + 3),
      static_cast<int>(row.integer(first + 4)), row.real(first + 5), row.real(first + 6)};
  model.longest_failure = row.real(first + 7);
  model.measured = static_cast<int>(row.integer(first + 8));
  model.cpu_mean = row.real(first + 9);
  model.memory_bytes = row.integer(first + 10);
  model.memory_peak_bytes = row.integer(first + 11);
  return model;
}

}  // namespace sharder
