// An agent under valgrind: PID 1 of a namespace of its own, with us in the keeper's place.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "containers/agent/messages.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder {

/// Why no agent can be started here, or "".
std::string missing_for_valgrind();

class AgentProcess {
 public:
  /// Throws SystemError.
  AgentProcess();
  AgentProcess(const AgentProcess&) = delete;
  AgentProcess& operator=(const AgentProcess&) = delete;
  ~AgentProcess();

  void send(wire::FrameType type, const std::string& body, const std::vector<int>& descriptors = {});
  void send_bytes(const std::string& bytes);
  /// The next frame of this type, whatever comes before it; nothing when the agent is gone or silent for long.
  std::optional<wire::Frame> next(wire::FrameType type);
  std::optional<wire::AgentReport> report(wire::FrameType type = wire::FrameType::agent_ended);

  /// Goes away, as a keeper that dies, and returns how the agent ended, as waitpid() says it.
  int end();
  /// What valgrind complains of in the agent and in its forks, once it has ended; "" where nothing is wrong.
  std::string complaints() const;
  const std::filesystem::path& directory() const { return directory_; }

 private:
  std::filesystem::path directory_;  // for valgrind's logs, and for what a test wants to lie in the agent's world
  UniqueFd socket_;
  wire::Assembler assembler_;
  pid_t pid_ = -1;
};

}  // namespace sharder
