// What is learnt of one test's duration from one pass after another: where it lies, how far it scatters, and
// a mean for sums. Two numbers come out of it, because one cannot serve both ends: a quantile orders well and
// adds up badly. Pure; knows neither tests nor runs.
#pragma once

#include "sharder/model/test.hpp"

namespace sharder {

/// A clipped EWMA of log seconds, beside a plain EWMA of seconds. Plain data, so that it can be stored as it
/// is. An outlier moves the level by at most 16 %; one that three durations in a row confirm is jumped to.
/// Source: the simulations behind it had a median error of 12 % (p90 35 %), the last value alone 15 % (48 %).
struct DurationModel {
  int durations = 0;        // that it rests on
  double log_mean = 0;      // of seconds
  double log_variance = 0;  // of the clipped residuals
  double mean = 0;          // seconds
  // Far deviations in a row, on one side of log_mean (negative: below it), and what they were.
  int deviations = 0;
  double deviations_log_sum = 0;
  double deviations_sum = 0;  // seconds
};

/// Takes one more duration of a pass. To the order key, anything below a millisecond is a millisecond.
void update(DurationModel& model, Seconds duration);

/// Like an 80 % quantile; robust to outliers. For ordering. 0 without durations.
Seconds order_key(const DurationModel& model);

/// Like a mean: sums of it over many tests are right within a few percent. 0 without durations.
Seconds expected(const DurationModel& model);

}  // namespace sharder
