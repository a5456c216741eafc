#include "sharder/plan/duration_model.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace sharder {
namespace {

/// Weight of the newest duration. Until there are a few, all weigh the same.
constexpr double newest_weight = 0.3;
/// Log residuals beyond this are clipped: a factor of 1.65 either way.
constexpr double far = 0.5;
/// So many far residuals in a row on one side are a new level, not outliers.
constexpr int deviations_of_a_jump = 3;
/// A single duration beyond this many times the usual is the machine's doing (suspended, swapping) and would
/// stay in sums for ten runs; what is slow by nature now and then lies below it.
constexpr double most_times_usual = 10;
/// Scatter before anything is known of it: 20 %, as tests on an idle slot have.
constexpr double prior_log_variance = 0.04;
/// Below this, durations are noise of the clock and of rounding (JUnit has three digits): all are the same to
/// an order. Sums take them as they are, for a suite may have a hundred thousand of them.
constexpr double shortest_to_tell_apart = 1e-3;
/// Standard normal 80 % quantile.
constexpr double quantile_80 = 0.84;

void start_at(DurationModel& model, double log_mean, double mean) {
  model.log_mean = log_mean;
  model.log_variance = prior_log_variance;
  model.mean = mean;
  model.deviations = 0;
  model.deviations_log_sum = model.deviations_sum = 0;
}

/// Notes a far deviation, or that there was none.
void count_deviation(DurationModel& model, double residual, double log_seconds, double seconds) {
  const int side = residual > far ? 1 : (residual < -far ? -1 : 0);
  if (side == 0 || model.deviations * side < 0) {
    model.deviations = 0;
    model.deviations_log_sum = model.deviations_sum = 0;
  }
  if (side == 0) return;
  model.deviations += side;
  model.deviations_log_sum += log_seconds;
  model.deviations_sum += seconds;
}

}  // namespace

void update(DurationModel& model, Seconds duration) {
  const double seconds = std::isfinite(duration.count()) ? std::max(duration.count(), 0.0) : 0;
  const double log_seconds = std::log(std::max(seconds, shortest_to_tell_apart));
  ++model.durations;
  if (model.durations == 1) return start_at(model, log_seconds, seconds);

  const double residual = log_seconds - model.log_mean;
  count_deviation(model, residual, log_seconds, seconds);
  if (std::abs(model.deviations) == deviations_of_a_jump)
    return start_at(model, model.deviations_log_sum / deviations_of_a_jump,
                    model.deviations_sum / deviations_of_a_jump);

  const double weight = std::max(newest_weight, 1.0 / model.durations);
  const double clipped = std::clamp(residual, -far, far);
  const double usual = std::exp(model.log_mean);
  model.log_mean += weight * clipped;
  model.log_variance += weight * (clipped * clipped - model.log_variance);
  model.mean += weight * (std::min(seconds, most_times_usual * usual) - model.mean);
}

Seconds order_key(const DurationModel& model) {
  if (model.durations == 0) return Seconds{0};
  return Seconds(std::exp(model.log_mean + quantile_80 * std::sqrt(model.log_variance)));
}

Seconds expected(const DurationModel& model) {
  return Seconds(model.durations == 0 ? 0 : model.mean);
}

}  // namespace sharder
