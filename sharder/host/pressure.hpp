// Measures how short the machine is of processors, memory and storage: from the kernel's pressure files,
// those of the run's own control group where there are any, else from older counters. What follows from it is
// plan/back_off's affair.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "sharder/host/cgroup_limits.hpp"
#include "sharder/model/pressure.hpp"
#include "sharder/support/time_source.hpp"

namespace sharder {

/// Counters that only rise, at one moment. Seconds; empty: that source is not there.
struct PressureCounters {
  PressureSource source = PressureSource::none;
  std::optional<double> waited;
};

/// The "some" total of a pressure file, in seconds: when at least one process waited.
std::optional<double> psi_total(const std::string& text);
/// Time that runnable tasks spent in run queues, over all processors, from /proc/schedstat.
std::optional<double> schedstat_waited(const std::string& text);
/// A rough price of what the kernel does for want of memory, from /proc/vmstat.
std::optional<double> vmstat_waited(const std::string& text);
/// Time that some processor was idle while storage worked, from /proc/stat.
std::optional<double> iowait_total(const std::string& text);

class PressureMeter {
 public:
  /// `group` is the directory of the run's control group in the unified hierarchy, or "".
  explicit PressureMeter(FileReader read, std::string group = "");

  /// Since the sample before; the first one has no shares.
  PressureSample sample(TimePoint now);

 private:
  PressureCounters count(const std::string& kind) const;
  PressureFigure figure(const std::string& kind, std::optional<Seconds> span);

  FileReader read_;
  std::string group_;
  std::optional<TimePoint> before_;
  std::map<std::string, PressureCounters> counters_;  // by kind: cpu, memory, io
};

}  // namespace sharder
