#include "containers/agent/overseer.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "containers/agent/channel.hpp"
#include "containers/agent/deliver.hpp"
#include "containers/agent/leaks.hpp"
#include "containers/agent/system.hpp"

namespace sharder::agent {

wire::AgentReport report_of(std::uint64_t id, int status, std::uint64_t duration_ns) {
  wire::AgentReport report;
  report.id = id;
  report.duration_ns = duration_ns;
  report.kind = WIFSIGNALED(status) ? wire::AgentReport::Kind::signalled : wire::AgentReport::Kind::exited;
  report.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  return report;
}

Overseer::Overseer(wire::Run run, Streams streams, int control, int signals, Overseeing kind)
    : run_(std::move(run)), streams_(std::move(streams)), control_(control), signals_(signals), kind_(kind) {
  if (kind_ == Overseeing::holder) ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void Overseer::report(wire::AgentReport report) {
  wire::send_frame(control_, wire::FrameType::agent_ended, wire::encode(report));
}

void Overseer::give_up(const std::string& why) {
  wire::AgentReport lost;
  lost.id = run_.id;
  lost.kind = wire::AgentReport::Kind::lost;
  lost.message = "make a cell: " + why;
  report(std::move(lost));
  ::_exit(1);
}

void Overseer::start() {
  wire::AgentReport failed;
  failed.id = run_.id;
  failed.kind = wire::AgentReport::Kind::not_started;
  failed.message = place_files(run_);
  if (failed.message.empty()) {
    Spawned spawned = spawn(run_, streams_);
    command_ = spawned.pid;
    started_ns_ = spawned.started_ns;
    failed.code = spawned.error_number;
    failed.message = std::move(spawned.message);
    if (spawned.no_process) failed.kind = wire::AgentReport::Kind::lost;
  }
  if (command_ >= 0) return;
  report(std::move(failed));
  ::_exit(0);
}

void Overseer::serve() {
  start();
  streams_.close_process_ends();
  for (;;) wait_for_work();
}

void Overseer::wait_for_work() {
  pollfd sources[2] = {{signals_, POLLIN, 0}, {control_, POLLIN, 0}};
  if (::poll(sources, 2, -1) < 0) return;
  if (sources[0].revents != 0) {
    signalfd_siginfo ignored{};
    if (::read(signals_, &ignored, sizeof ignored) < 0 && errno != EAGAIN) ::_exit(1);
    reap();
  }
  if (sources[1].revents != 0) obey();
}

void Overseer::obey() {
  // The agent is gone, and with it everything that we are for.
  if (wire::receive_some(control_, assembler_, false) == wire::Received::end) ::_exit(1);
  wire::Frame frame;
  while (assembler_.next(frame) == wire::Assembler::State::frame) obey(frame);
}

void Overseer::obey(const wire::Frame& frame) {
  const std::optional<wire::Order> order = wire::decode_order(frame.body);
  if (!order) return;
  if (frame.type == wire::FrameType::kill) kill(order->signal);
  if (frame.type != wire::FrameType::checkpoint) return;
  wire::AgentReport look;
  look.id = run_.id;
  if (kind_ == Overseeing::cell) look.leaks = sweep([this](pid_t pid) { return pid == command_; }).leaks;
  wire::send_frame(control_, wire::FrameType::agent_checkpointed, wire::encode(look));
}

void Overseer::kill(int signal) {
  if (signal == SIGKILL && kind_ == Overseeing::cell) {
    ::kill(-1, SIGKILL);  // all of the cell but ourselves, its init
  } else if (command_ > 0) {
    ::kill(command_, signal);
  }
}

void Overseer::reap() {
  int status = 0;
  for (;;) {
    const pid_t pid = ::waitpid(-1, &status, WNOHANG);
    if (pid < 0 && errno == ECHILD && command_ < 0) ::_exit(0);
    if (pid <= 0) return;
    if (pid == command_) command_ended(status);
  }
}

void Overseer::command_ended(int status) {
  wire::AgentReport ended = report_of(run_.id, status, now_ns() - started_ns_);
  command_ = -1;
  if (kind_ == Overseeing::cell) ended.leaks = sweep_namespace();
  deliver(run_, streams_);
  streams_.close_all();
  report(std::move(ended));
  if (kind_ == Overseeing::cell) ::_exit(0);
}

}  // namespace sharder::agent
