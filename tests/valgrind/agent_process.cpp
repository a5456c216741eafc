#include "tests/valgrind/agent_process.hpp"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "containers/agent/agent.hpp"
#include "containers/agent/channel.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"

namespace sharder {
namespace {

constexpr const char* valgrind = "/usr/bin/valgrind";

/// PID 1 of the namespace becomes valgrind with the agent in it; comes back only when that fails.
void become_agent(int socket, const std::string& log) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const bool mounted = ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                       ::mount("proc", "/proc", "proc", 0, nullptr) == 0 &&
                       ::mount("tmpfs", "/run", "tmpfs", 0, nullptr) == 0;
  if (!mounted || ::dup2(socket, agent::channel_descriptor) < 0) return;
  ::execl(valgrind, valgrind, "--leak-check=full", "--errors-for-leak-kinds=definite", "--error-exitcode=99",
          log.c_str(), SHARDER_AGENT, static_cast<char*>(nullptr));
}

}  // namespace

std::string missing_for_valgrind() {
  if (::geteuid() != 0) return "PID namespaces and mounts need root";
  if (::access(valgrind, X_OK) != 0) return "there is no valgrind (hint: apt-get install valgrind)";
  return {};
}

AgentProcess::AgentProcess() {
  std::string pattern = (std::filesystem::temp_directory_path() / "sharder-valgrind-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw SystemError("make directory " + pattern, errno);
  directory_ = pattern;
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw SystemError("make a socket pair", errno);
  socket_ = UniqueFd(ends[0]);
  const UniqueFd theirs(ends[1]);
  const std::string log = "--log-file=" + (directory_ / "valgrind.%p").string();
  pid_ = static_cast<pid_t>(::syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0));
  if (pid_ < 0) throw SystemError("fork into a PID namespace", errno);
  if (pid_ > 0) return;
  become_agent(theirs.get(), log);
  ::_exit(98);
}

AgentProcess::~AgentProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void AgentProcess::send(wire::FrameType type, const std::string& body, const std::vector<int>& descriptors) {
  if (!wire::send_frame(socket_.get(), type, body, descriptors))
    throw SystemError("send the agent a frame", errno);
}

void AgentProcess::send_bytes(const std::string& bytes) {
  if (::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0)
    throw SystemError("send the agent bytes", errno);
}

std::optional<wire::Frame> AgentProcess::next(wire::FrameType type) {
  constexpr int longest_silence_ms = 60'000;
  for (;;) {
    wire::Frame frame;
    if (assembler_.next(frame) == wire::Assembler::State::frame) {
      if (frame.type == type) return frame;
      continue;
    }
    pollfd source{socket_.get(), POLLIN, 0};
    if (::poll(&source, 1, longest_silence_ms) != 1) return std::nullopt;
    if (wire::receive_some(socket_.get(), assembler_, false) == wire::Received::end) return std::nullopt;
  }
}

std::optional<wire::AgentReport> AgentProcess::report(wire::FrameType type) {
  const std::optional<wire::Frame> frame = next(type);
  return frame ? wire::decode_agent_report(frame->body) : std::nullopt;
}

int AgentProcess::end() {
  socket_.reset();
  int status = -1;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return status;
}

std::string AgentProcess::complaints() const {
  std::string text;
  bool any_summary = false;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    if (!entry.path().filename().string().starts_with("valgrind.")) continue;
    const std::string log = read_file(entry.path());
    const std::size_t summary = log.find("ERROR SUMMARY: ");
    any_summary = any_summary || summary != std::string::npos;
    // A fork that was killed, or became a test's command, has no summary: what it was told of until then counts.
    const bool clean = summary != std::string::npos ? log.find("ERROR SUMMARY: 0 errors") != std::string::npos
                                                    : log.find("==    at 0x") == std::string::npos;
    if (!clean) text += log;
  }
  return any_summary ? text : text + "valgrind has said nothing at all\n";
}

}  // namespace sharder
