// The launcher of one clone: mounts its root, starts its container, and stands between the supervisor and the
// agent for as long as the clone lives. Its end discards everything, since all mounts are in its own
// namespace.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "containers/agent/messages.hpp"
#include "containers/bridge/bridge.hpp"
#include "containers/cgroups/counters.hpp"
#include "containers/cgroups/hierarchies.hpp"
#include "containers/launcher/container_settings.hpp"
#include "containers/launcher/sweeper.hpp"
#include "containers/rootfs/clone_root.hpp"
#include "containers/rootfs/id_map.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder::launcher {

/// What the server found out once for all keepers.
struct RunPlan {
  rootfs::RootPlan root;
  cgroups::Hierarchies hierarchies;
  const Bridge* bridge = nullptr;  // network = "bridge"
};

class Keeper {
 public:
  Keeper(const RunPlan& plan, wire::MakeClone make, UniqueFd supervisor);
  ~Keeper();
  [[noreturn]] void serve();

 private:
  /// An execution that was sent to the agent and has not been reported yet.
  struct InFlight {
    bool cell = false;
    std::uint64_t cpu_before_ns = 0, out_of_memory_before = 0;
    std::optional<std::chrono::steady_clock::time_point> killed;  // when it was
  };

  void start();
  void start_container();
  ContainerPlan plan_container() const;
  std::string limited_group(const ContainerPlan& plan) const;
  void wait_for_agent();
  void tell_ready();
  void wait_for_work();

  void hear_supervisor();
  void obey(wire::Frame& frame);
  void note_kill(const wire::Frame& frame);
  int milliseconds_of_patience() const;
  void run(wire::Frame& frame);
  void pack_layer(const std::string& image);
  void own_streams(const wire::Run& run, const wire::Frame& frame) const;
  void hear_agent();
  void agent_says(const wire::Frame& frame);
  wire::Counters count_since(InFlight& run);
  wire::Trouble explain(const Error& error) const;
  [[noreturn]] void give_up(const wire::Trouble& trouble);
  [[noreturn]] void clone_is_gone(const std::string& reason);
  [[noreturn]] void discard();
  void kill_container();
  std::string log_tail() const;
  std::string why_gone();

  const RunPlan& plan_;
  wire::MakeClone make_;
  UniqueFd supervisor_, agent_, child_signals_, user_namespace_;
  wire::Assembler from_supervisor_, from_agent_;
  std::string directory_, group_;
  std::optional<rootfs::IdRange> range_;
  std::unique_ptr<rootfs::CloneRoot> root_;
  pid_t container_ = -1;
  bool ready_ = false;  // the supervisor has been told so
  cgroups::Counters counters_;
  Sweeper sweeper_;
  std::map<std::uint64_t, InFlight> in_flight_;
};

}  // namespace sharder::launcher
