#include "containers/agent/agent.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "containers/agent/cell.hpp"
#include "containers/agent/channel.hpp"
#include "containers/agent/deliver.hpp"
#include "containers/agent/leaks.hpp"
#include "containers/agent/overseer.hpp"
#include "containers/agent/system.hpp"

namespace sharder::agent {
namespace {

/// Streams of a process are put on 0 to 4 between vfork and exec, so that nothing of ours may lie there.
constexpr int first_free_descriptor = 10;

void occupy_low_descriptors() {
  int fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  while (fd >= 0 && fd < first_free_descriptor) fd = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  close_if_open(fd);
}

int block_child_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  ::sigprocmask(SIG_SETMASK, &set, nullptr);
  return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// A fork of the agent holds what it is for and nothing else, above all not the agent's channel.
void close_all_but(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  int from = first_free_descriptor;
  for (const int fd : kept) {
    if (fd < first_free_descriptor) continue;
    if (fd > from) ::close_range(static_cast<unsigned>(from), static_cast<unsigned>(fd - 1), 0);
    from = fd + 1;
  }
  ::close_range(static_cast<unsigned>(from), ~0u, 0);
}

std::vector<int> descriptors_of(const Streams& streams) {
  std::vector<int> all = streams.pieces;
  all.insert(all.end(), {streams.output, streams.error, streams.input, streams.result, streams.collect});
  return all;
}

}  // namespace

Agent::Agent(bool privileged) : privileged_(privileged) {
  ::prctl(PR_SET_NAME, "sharder-agent");
  ::fcntl(channel_descriptor, F_SETFD, FD_CLOEXEC);
  ::signal(SIGPIPE, SIG_IGN);
  occupy_low_descriptors();
  hold_proc();
  signals_ = block_child_signals();
  ::mkdir(files_directory, 0755);
}

void Agent::serve() {
  wire::send_frame(channel_descriptor, wire::FrameType::hello, {});
  for (;;) wait_for_work();
}

void Agent::wait_for_work() {
  std::vector<pollfd> sources{{channel_descriptor, POLLIN, 0}, {signals_, POLLIN, 0}};
  std::vector<std::uint64_t> ids;
  for (const auto& [id, charge] : charges_) {
    if (charge.control < 0) continue;
    sources.push_back({charge.control, POLLIN, 0});
    ids.push_back(id);
  }
  if (::poll(sources.data(), sources.size(), -1) < 0) return;
  // Reports of overseers come first: their ends are reaped below.
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (sources[i + 2].revents != 0) listen_to(charges_.at(ids[i]));
  if (sources[1].revents != 0) reap();
  if (sources[0].revents != 0) receive_orders();
}

void Agent::receive_orders() {
  if (wire::receive_some(channel_descriptor, assembler_, true) == wire::Received::end) ::_exit(0);
  for (;;) {
    wire::Frame frame;
    const wire::Assembler::State state = assembler_.next(frame);
    if (state == wire::Assembler::State::broken) ::_exit(1);
    if (state == wire::Assembler::State::incomplete) return;
    obey(frame);
  }
}

void Agent::obey(wire::Frame& frame) {
  if (frame.type == wire::FrameType::run) {
    if (std::optional<wire::Run> run = wire::decode_run(frame.body)) {
      this->run(std::move(*run), frame.descriptors);
      return;
    }
  } else if (const std::optional<wire::Order> order = wire::decode_order(frame.body)) {
    if (frame.type == wire::FrameType::kill) kill(order->id, order->signal);
    if (frame.type == wire::FrameType::checkpoint) checkpoint(order->id);
  }
  for (const int fd : frame.descriptors) ::close(fd);
}

void Agent::run(wire::Run run, const std::vector<int>& descriptors) {
  const std::uint64_t id = run.id;
  const auto [at, fresh] = charges_.try_emplace(id);
  Charge& charge = at->second;
  if (!fresh || !sort_streams(run, descriptors, charge.streams)) {
    for (const int fd : descriptors) ::close(fd);
    if (fresh) charges_.erase(at);
    refuse(id, "the order does not fit its descriptors");
    return;
  }
  charge.run = std::move(run);
  if (charge.run.cell) {
    charge.kind = Charge::Kind::cell;
  } else if (charge.run.role == wire::Run::Role::service) {
    charge.kind = Charge::Kind::holder;
  }
  if (charge.kind == Charge::Kind::plain) {
    start_plain(charge);
  } else {
    start_overseen(charge);
  }
}

void Agent::refuse(std::uint64_t id, const std::string& why) {
  wire::AgentReport report;
  report.id = id;
  report.kind = wire::AgentReport::Kind::lost;
  report.message = why;
  send(wire::FrameType::agent_ended, report);
}

void Agent::start_plain(Charge& charge) {
  Spawned spawned;
  spawned.message = place_files(charge.run);
  if (spawned.message.empty()) spawned = spawn(charge.run, charge.streams);
  charge.streams.close_process_ends();
  charge.pid = spawned.pid;
  charge.started_ns = spawned.started_ns;
  if (charge.pid >= 0) return;
  wire::AgentReport report;
  report.id = charge.run.id;
  report.kind = spawned.no_process ? wire::AgentReport::Kind::lost : wire::AgentReport::Kind::not_started;
  report.code = spawned.error_number;
  report.message = spawned.message;
  charge.report = std::move(report);
  finish(charges_.find(charge.run.id));
}

void Agent::start_overseen(Charge& charge) {
  int ends[2] = {-1, -1};
  const bool connected = ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0;
  const bool cell = charge.kind == Charge::Kind::cell;
  charge.pid = !connected ? -1 : cell ? fork_into_cell() : ::fork();
  const int error = errno;
  if (charge.pid == 0) oversee(charge, ends[1]);
  charge.streams.close_all();
  if (connected) ::close(ends[1]);
  charge.control = ends[0];
  if (charge.pid > 0) return;
  const std::uint64_t id = charge.run.id;
  close_if_open(charge.control);
  charges_.erase(id);
  refuse(id, "fork: " + error_text(error));
}

void Agent::oversee(Charge& charge, int control) {
  std::vector<int> kept = descriptors_of(charge.streams);
  kept.insert(kept.end(), {control, signals_});
  close_all_but(std::move(kept));
  const bool cell = charge.kind == Charge::Kind::cell;
  const std::string wrong = cell ? enter_cell(charge.run, charge.streams, privileged_) : std::string();
  for (int& piece : charge.streams.pieces) close_if_open(piece);
  hold_proc();
  Overseer overseer(std::move(charge.run), std::move(charge.streams), control, signals_,
                    cell ? Overseeing::cell : Overseeing::holder);
  if (!wrong.empty()) overseer.give_up(wrong);
  overseer.serve();
}

void Agent::kill(std::uint64_t id, int signal) {
  const auto at = charges_.find(id);
  if (at == charges_.end()) return;
  Charge& charge = at->second;
  if (charge.control >= 0) {
    wire::send_frame(charge.control, wire::FrameType::kill, wire::encode(wire::Order{id, signal}));
    // A holder's daemons become our children when it dies, and sweep() finds them.
    if (charge.kind == Charge::Kind::holder && signal == SIGKILL) ::kill(charge.pid, SIGKILL);
  } else if (charge.pid > 0) {
    ::kill(signal == SIGKILL ? -charge.pid : charge.pid, signal);
  }
}

void Agent::checkpoint(std::uint64_t id) {
  const auto at = charges_.find(id);
  if (at == charges_.end()) return;
  if (at->second.control >= 0) {
    wire::send_frame(at->second.control, wire::FrameType::checkpoint, wire::encode(wire::Order{id, 0}));
    return;
  }
  wire::AgentReport look;
  look.id = id;
  look.leaks = sweep_orphans();
  send(wire::FrameType::agent_checkpointed, look);
  end_if_overrun();
}

void Agent::listen_to(Charge& charge) {
  if (wire::receive_some(charge.control, charge.assembler, false) == wire::Received::end) {
    close_if_open(charge.control);
    return;
  }
  wire::Frame frame;
  while (charge.assembler.next(frame) == wire::Assembler::State::frame) {
    std::optional<wire::AgentReport> report = wire::decode_agent_report(frame.body);
    if (!report) continue;
    if (frame.type == wire::FrameType::agent_checkpointed) {
      send(frame.type, *report);
    } else if (charge.kind == Charge::Kind::holder) {
      send(wire::FrameType::agent_ended, *report);
      charge.reported = true;
    } else {
      charge.report = std::move(report);  // sent when the cell's init is gone, and its mounts with it
    }
  }
}

void Agent::reap() {
  signalfd_siginfo ignored{};
  while (::read(signals_, &ignored, sizeof ignored) > 0) continue;
  int status = 0;
  for (pid_t pid = ::waitpid(-1, &status, WNOHANG); pid > 0; pid = ::waitpid(-1, &status, WNOHANG)) {
    const auto at = std::find_if(charges_.begin(), charges_.end(), [pid](const auto& entry) {
      return entry.second.pid == pid || entry.second.deliverer == pid;
    });
    if (at != charges_.end()) reaped(at, pid, status);
  }
}

void Agent::reaped(Charges::iterator at, pid_t pid, int status) {
  Charge& charge = at->second;
  if (charge.kind == Charge::Kind::plain && pid == charge.pid) {
    plain_ended(charge, status);
    if (charge.deliverer < 0) finish(at);
    return;
  }
  if (charge.control >= 0) listen_to(charge);  // the report may still lie in the socket
  if (!charge.report && !charge.reported) {
    const std::uint64_t lived = now_ns() - charge.started_ns;
    wire::AgentReport lost = report_of(charge.run.id, status, charge.started_ns == 0 ? 0 : lived);
    if (charge.kind == Charge::Kind::cell) {
      lost.kind = wire::AgentReport::Kind::lost;
      lost.message = "the cell's init died";
    }
    charge.report = std::move(lost);
  }
  if (charge.kind == Charge::Kind::holder && WIFSIGNALED(status)) sweep_orphans();
  finish(at);
}

void Agent::plain_ended(Charge& charge, int status) {
  wire::AgentReport report = report_of(charge.run.id, status, now_ns() - charge.started_ns);
  charge.pid = -1;
  report.leaks = sweep_orphans();
  if (charge.run.role == wire::Run::Role::helper) report.leaks.clear();
  charge.report = std::move(report);
  if (delivers(charge.run, charge.streams)) start_deliverer(charge);
}

void Agent::start_deliverer(Charge& charge) {
  charge.deliverer = ::fork();
  if (charge.deliverer != 0) return;
  close_all_but(descriptors_of(charge.streams));
  deliver(charge.run, charge.streams);
  ::_exit(0);
}

bool Agent::is_known(pid_t pid) const {
  return std::any_of(charges_.begin(), charges_.end(), [pid](const auto& entry) {
    return entry.second.pid == pid || entry.second.deliverer == pid;
  });
}

std::vector<wire::LeakedProcess> Agent::sweep_orphans() {
  Sweep swept = sweep([this](pid_t pid) { return is_known(pid); });
  overrun_ = overrun_ || !swept.complete;
  return std::move(swept.leaks);
}

/// Our end is the end of every process here. The supervisor has been told of the execution before.
void Agent::end_if_overrun() {
  if (overrun_) ::_exit(1);
}

void Agent::send(wire::FrameType type, const wire::AgentReport& report) {
  if (!wire::send_frame(channel_descriptor, type, wire::encode(report))) ::_exit(1);
}

void Agent::finish(Charges::iterator at) {
  Charge& charge = at->second;
  if (charge.kind == Charge::Kind::plain) remove_files(charge.run);
  charge.streams.close_all();
  close_if_open(charge.control);
  if (charge.report) send(wire::FrameType::agent_ended, *charge.report);
  charges_.erase(at);
  end_if_overrun();
}

}  // namespace sharder::agent
