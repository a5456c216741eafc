// The launch server: owns a run's directory on the machine and forks a keeper for every clone.
// Single-threaded, the first process of the run's enclosure; end of file from the supervisor ends everything.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "containers/agent/messages.hpp"
#include "containers/bridge/bridge.hpp"
#include "containers/launcher/keeper.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder::launcher {

class Server {
 public:
  /// `trouble` is why no clone can be made from here, if so: told to the supervisor when it asks.
  Server(UniqueFd supervisor, std::string trouble);
  [[noreturn]] void serve();

 private:
  void wait_for_work();
  void hear_supervisor();
  void obey(wire::Frame& frame);
  void configure(const wire::Frame& frame, std::vector<std::string>& notices);
  static void give_to_owner_of(const std::string& runs, const UniqueFd& file);
  void make_run_directory();
  void make_clone(wire::Frame& frame);
  void reap();
  [[noreturn]] void end(bool tell);
  void make_bridge();
  unsigned free_number() const;
  void mount_layers(wire::MakeClone& make);
  void remove_clone(const std::string& name);

  UniqueFd supervisor_, child_signals_, lock_;
  std::string trouble_;
  wire::Assembler assembler_;
  RunPlan plan_;
  bool configured_ = false, closing_ = false;
  std::map<std::string, std::string> layers_;  // images, and where they are mounted for all clones
  std::unique_ptr<Bridge> bridge_;
  struct Kept {
    std::string clone;
    unsigned number = 0;  // unique among the living; decides the clone's address
  };
  std::map<pid_t, Kept> keepers_;
};

}  // namespace sharder::launcher
