#include "sharder/plan/back_off.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

// Shares of the time in which something waited for memory. Reading a file that was dropped from the cache
// counts a little; a quarter of the time is a machine that has begun to turn in circles.
constexpr double memory_short = 0.25;
constexpr double memory_calm = 0.05;

// Parts of all memory that can still be had. Below the first the kernel is about to kill.
constexpr double available_short = 0.05;
constexpr double available_calm = 0.10;

// Shares of the time in which a runnable process had no processor. With as many busy workers as cores that is
// usual, so only nearly always is too much, and only above the cores.
constexpr double processors_short = 0.9;
constexpr double processors_calm = 0.6;

// Samples, that is seconds.
constexpr int crowded_before_cut = 5;
constexpr int hold_after_cut = 3;
constexpr int calm_before_growth = 5;

int percent(double share) {
  return static_cast<int>(std::lround(share * 100));
}

double available_share(const PressureSample& sample) {
  if (sample.memory_total_bytes == 0) return 1;
  return static_cast<double>(sample.memory_available_bytes) / static_cast<double>(sample.memory_total_bytes);
}

std::string describe_memory(const PressureSample& sample) {
  std::string text = "memory is short: ";
  if (sample.memory.share)
    text += fmt::format("something waited for it {} % of the time, ", percent(*sample.memory.share));
  return text + format_size(sample.memory_available_bytes) + " are left";
}

}  // namespace

BackOff::BackOff(int workers, int cores)
    : workers_(workers), cores_(std::clamp(cores, 1, workers)), allowed_(workers) {
  SHARDER_ASSERT(workers >= 1);
}

bool BackOff::cut(int allowed, std::string why) {
  calm_ = 0;
  if (hold_ > 0 || allowed >= allowed_) return false;
  hold_ = hold_after_cut;
  crowded_ = 0;
  allowed_ = allowed;
  why_ = std::move(why);
  return true;
}

bool BackOff::observe(const PressureSample& sample) {
  if (hold_ > 0) --hold_;
  const double memory = sample.memory.share.value_or(0), cpu = sample.cpu.share.value_or(0);
  const double available = available_share(sample);
  if (memory >= memory_short || available < available_short)
    return cut(std::max(1, allowed_ / 2), describe_memory(sample));

  crowded_ = cpu >= processors_short && allowed_ > cores_ ? crowded_ + 1 : 0;
  if (crowded_ >= crowded_before_cut)
    return cut(std::max(cores_, allowed_ * 3 / 4),
               fmt::format("processors are short: something waited for one {} % of the time", percent(cpu)));

  const bool room_for_more = allowed_ < cores_ || cpu <= processors_calm;
  if (!backed_off() || memory > memory_calm || available < available_calm || !room_for_more) {
    calm_ = 0;
    return false;
  }
  if (++calm_ < calm_before_growth) return false;
  calm_ = 0;
  allowed_ = std::min(workers_, allowed_ + std::max(1, workers_ / 16));
  return true;
}

}  // namespace sharder
