// PID 1 of a clone: starts what the keeper asks for, reaps, reports. It decides nothing about tests and asks
// for nothing; end of file on its channel means that the clone is no longer wanted.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>

#include "containers/agent/messages.hpp"
#include "containers/agent/protocol.hpp"
#include "containers/agent/spawn.hpp"

namespace sharder::agent {

/// The channel's descriptor number, agreed with the launcher.
inline constexpr int channel_descriptor = 20;

/// One execution that the agent answers for.
struct Charge {
  enum class Kind { plain, cell, holder } kind = Kind::plain;
  wire::Run run;
  Streams streams;
  pid_t pid = -1;        // of the command (plain) or of its overseer
  pid_t deliverer = -1;  // plain: a child that copies files out after the end
  std::uint64_t started_ns = 0;
  int control = -1;  // to the overseer
  wire::Assembler assembler;
  std::optional<wire::AgentReport> report;  // ready to be sent when pid (or deliverer) is reaped
  bool reported = false;                    // a holder outlives its report
};

class Agent {
 public:
  explicit Agent(bool privileged);
  [[noreturn]] void serve();

 private:
  using Charges = std::map<std::uint64_t, Charge>;

  void wait_for_work();
  void receive_orders();
  void obey(wire::Frame& frame);
  void run(wire::Run run, const std::vector<int>& descriptors);
  void start_plain(Charge& charge);
  void start_overseen(Charge& charge);
  [[noreturn]] void oversee(Charge& charge, int control);
  void kill(std::uint64_t id, int signal);
  void checkpoint(std::uint64_t id);
  void listen_to(Charge& charge);
  void reap();
  void reaped(Charges::iterator at, pid_t pid, int status);
  void plain_ended(Charge& charge, int status);
  void start_deliverer(Charge& charge);
  std::vector<wire::LeakedProcess> sweep_orphans();
  void end_if_overrun();
  bool is_known(pid_t pid) const;
  void refuse(std::uint64_t id, const std::string& why);
  void send(wire::FrameType type, const wire::AgentReport& report);
  void finish(Charges::iterator at);

  bool privileged_;
  int signals_ = -1;
  wire::Assembler assembler_;
  Charges charges_;
  bool overrun_ = false;  // somebody outran the sweep: this clone is of no more use
};

}  // namespace sharder::agent
