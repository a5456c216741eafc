// The launch server: owns a run's directory on the machine and forks a keeper for every clone.
// Single-threaded, in a mount namespace of its own; end of file from the supervisor ends everything.
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
  explicit Server(UniqueFd supervisor);
  [[noreturn]] void serve();

 private:
  void wait_for_work();
  void hear_supervisor();
  void obey(wire::Frame& frame);
  void configure(const wire::Frame& frame, std::vector<std::string>& notices);
  void make_run_directory();
  void make_clone(wire::Frame& frame);
  void reap();
  [[noreturn]] void end(bool tell);
  void wait_for_everybody();
  void make_bridge();
  unsigned free_number() const;
  void mount_layers(wire::MakeClone& make);
  void remove_clone_directory(const std::string& name);

  UniqueFd supervisor_, child_signals_, lock_;
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
