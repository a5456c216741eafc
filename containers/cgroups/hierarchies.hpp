// Where the machine keeps its control groups: which controller is in which version's hierarchy, and where a
// run's directory lies in it. Handles v1, hybrid and v2; limits.hpp and counters.hpp know the files.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sharder::cgroups {

struct Hierarchy {
  int version = 1;
  std::string directory;                 // of PID 1's group, where runs' directories are made; absolute
  std::vector<std::string> controllers;  // v2: those enabled at its root
};

class Hierarchies {
 public:
  /// This machine's; for an ordinary user those that were delegated to him, as far as there are any.
  static Hierarchies detect();
  /// From /proc/self/mountinfo and /proc/1/cgroup; the controllers of v2 are read by `controllers_at(mount
  /// point)`.
  static Hierarchies parse(std::string_view mountinfo, std::string_view groups_of_init,
                           std::string (*controllers_at)(const std::string& mount_point));

  const std::vector<Hierarchy>& all() const { return all_; }
  /// The hierarchy that has the controller.
  const Hierarchy* find(std::string_view controller) const;
  /// Whether they are of our own group, not of the machine's first.
  bool delegated() const { return delegated_; }
  /// The tree of v2, where that alone is ours by delegation; else nothing.
  const Hierarchy* delegated_tree() const;

 private:
  Hierarchies or_delegated(Hierarchies ours) const;

  bool delegated_ = false;
  std::vector<Hierarchy> all_;
};

/// Of the controllers without which a clone can take all that there is: "memory", "pids".
std::vector<std::string> missing_limits(const Hierarchies& hierarchies);

/// Removes `name` with everything below it from every hierarchy; groups that still hold processes stay.
/// Returns whether all are gone.
bool remove_everywhere(const Hierarchies& hierarchies, const std::string& name);

/// Removes `name` as remove_everywhere() does; where something lives in it or below, kills that until all its groups
/// could be removed; false after half a second. Only for
/// groups whose processes are of this process's namespace or below it.
bool end_group(const Hierarchies& hierarchies, const std::string& name);

}  // namespace sharder::cgroups
