#include "sharder/run/admission.hpp"

#include <fmt/format.h>

#include <utility>

namespace sharder {
namespace {

constexpr Seconds sampling_interval{1};

/// No clone outlives its discarding by more than this; the kernel frees its files and processes within it.
constexpr Seconds longest_death{1};

}  // namespace

Admission::Admission(TimeSource& time, AdmissionSettings settings, Sampler sample,
                     std::function<void(Notice)> tell, std::function<void()> changed)
    : time_(time),
      settings_(std::move(settings)),
      sample_(std::move(sample)),
      tell_(std::move(tell)),
      changed_(std::move(changed)),
      back_off_(settings_.workers, settings_.cores),
      memory_(settings_.memory_bytes),
      share_(settings_.workers) {
  if (settings_.share) share_ = settings_.share();
}

bool Admission::admits(std::uint64_t need_bytes) const {
  return memory_.running() < allowed_workers() && memory_.admits(need_bytes);
}

void Admission::began(std::uint64_t need_bytes) {
  memory_.take(need_bytes);
  sample_soon();
}

void Admission::ended(std::uint64_t need_bytes) {
  memory_.give_back(need_bytes);
}

void Admission::clone_discarded(std::uint64_t bytes) {
  if (bytes == 0) return;
  memory_.begin_dying(bytes);
  dying_.push_back({after(time_.now(), longest_death), bytes});
  bury_soon();
}

void Admission::sample_soon() {
  if (!sampling_) sampling_ = time_.at(after(time_.now(), sampling_interval), [this] { take_sample(); });
}

void Admission::take_sample() {
  sampling_.reset();
  // A run that stands still must not be kept awake by its own thermometer.
  if (memory_.running() > 0) sample_soon();
  const int before = allowed_workers();
  look_at_share();
  look_at_weather();
  if (allowed_workers() > before) changed_();
}

void Admission::look_at_share() {
  const int before = share_;
  if (settings_.share) share_ = settings_.share();
  if (share_ < before)
    tell_({Notice::Weight::information,
           fmt::format("another run shares this machine: {} of {} workers go on", share_, settings_.workers)});
  else if (share_ > before)
    tell_({Notice::Weight::information,
           fmt::format("the machine is shared by fewer runs: {} of {} workers go on", share_, settings_.workers)});
}

void Admission::look_at_weather() {
  const int before = back_off_.allowed();
  if (!back_off_.observe(sample_())) return;
  const int now = back_off_.allowed();
  if (now < before)
    tell_({Notice::Weight::warning,
           fmt::format("{}: {} of {} workers go on", back_off_.why(), now, settings_.workers)});
  else if (!back_off_.backed_off())
    tell_({Notice::Weight::information, fmt::format("all {} workers run again", settings_.workers)});
}

void Admission::bury_soon() {
  if (!burial_ && !dying_.empty()) burial_ = time_.at(dying_.front().until, [this] { bury(); });
}

void Admission::bury() {
  burial_.reset();
  while (!dying_.empty() && dying_.front().until <= time_.now()) {
    memory_.end_dying(dying_.front().bytes);
    dying_.pop_front();
  }
  bury_soon();
  changed_();
}

}  // namespace sharder
