// What the cores of a hardware profile are worth to the workers of a run.
#include <algorithm>
#include <functional>

#include "sharder/host/hardware_profile.hpp"

namespace sharder {
namespace {

/// For test suites 1.15 to 1.30 were measured, where somebody measured.
constexpr double usual_smt_gain = 1.2;

/// How fast each core is alone, fastest first.
std::vector<double> core_speeds(const HardwareProfile& profile) {
  std::vector<double> speeds;
  for (const Core& core : profile.topology.cores) {
    const bool told = core.kind >= 0 && static_cast<std::size_t>(core.kind) < profile.kind_speeds.size();
    speeds.push_back(profile.core_speed *
                     (told ? profile.kind_speeds[static_cast<std::size_t>(core.kind)] : 1));
  }
  std::sort(speeds.begin(), speeds.end(), std::greater<>());
  return speeds;
}

/// What all of it does with `busy` threads computing: whole cores first, then second threads, which add only
/// what SMT gains.
double throughput(const HardwareProfile& profile, const std::vector<double>& speeds, double busy) {
  const double gain = profile.smt_gain.value_or(usual_smt_gain) - 1;
  const std::size_t cores = speeds.size();
  const std::size_t siblings =
      static_cast<std::size_t>(profile.topology.threads) - profile.topology.cores.size();
  double total = 0;
  for (std::size_t i = 0; i < cores; ++i)
    total += speeds[i] * std::clamp(busy - static_cast<double>(i), 0.0, 1.0);
  for (std::size_t i = 0; i < std::min(siblings, cores); ++i)
    total += speeds[i] * gain * std::clamp(busy - static_cast<double>(cores + i), 0.0, 1.0);
  const double fastest = speeds.front();
  return profile.cpu_quota ? std::min(total, *profile.cpu_quota * fastest) : total;
}

}  // namespace

ProfileCapacity capacity_of(const HardwareProfile& profile, const WorkersChoice& workers,
                            const std::optional<WidthEvidence>& evidence) {
  const SlotPlan plan = plan_slots(machine_of(profile), workers, std::nullopt, evidence);
  std::vector<double> speeds = core_speeds(profile);
  if (!plan.kept_cpus.empty()) speeds.pop_back();
  const double computing = evidence ? evidence->cpu_per_wall : 1;
  const std::size_t count = plan.slots.size();
  double wanted = 0;
  for (std::size_t worker = 0; worker < count; ++worker) wanted += speeds[worker % speeds.size()] * computing;
  const double available = throughput(profile, speeds, static_cast<double>(count) * computing);
  const double part = std::min(1.0, available / wanted);
  ProfileCapacity capacity;
  capacity.workers = static_cast<int>(count);
  capacity.why = plan.why;
  for (std::size_t worker = 0; worker < count; ++worker) {
    const double speed = speeds[worker % speeds.size()] * part;
    // Only the part of a test that computes becomes faster.
    const double waiting = std::max(0.0, 1 - computing);
    capacity.speeds.push_back(1 / (waiting + (1 - waiting) / speed));
  }
  return capacity;
}

}  // namespace sharder
