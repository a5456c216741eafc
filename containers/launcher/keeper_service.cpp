// The second half of a keeper's life: between supervisor and agent.
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "containers/agent/channel.hpp"
#include "containers/launcher/keeper.hpp"
#include "sharder/support/errors.hpp"

namespace sharder::launcher {
namespace {

/// A killed process that has not ended by then hangs in the kernel or holds the agent up.
constexpr std::chrono::seconds kill_patience{10};

int count_streams(std::uint8_t streams) {
  return __builtin_popcount(streams);
}

/// Closes a frame's descriptors when it has been dealt with.
struct FrameGuard {
  wire::Frame& frame;
  ~FrameGuard() {
    for (const int fd : frame.descriptors) ::close(fd);
  }
};

}  // namespace

void Keeper::wait_for_work() {
  pollfd sources[3] = {
      {supervisor_.get(), POLLIN, 0}, {agent_.get(), POLLIN, 0}, {child_signals_.get(), POLLIN, 0}};
  const int ready = ::poll(sources, 3, milliseconds_of_patience());
  if (ready == 0) clone_is_gone("a killed process did not end");
  if (ready < 0) return;
  if (sources[1].revents != 0) hear_agent();
  if (sources[0].revents != 0) hear_supervisor();
  if (sources[2].revents != 0) {
    signalfd_siginfo ignored{};
    while (::read(child_signals_.get(), &ignored, sizeof ignored) > 0) continue;
    if (::waitpid(container_, nullptr, WNOHANG) == container_) {
      container_ = -1;
      clone_is_gone(why_gone());
    }
  }
}

void Keeper::hear_supervisor() {
  if (wire::receive_some(supervisor_.get(), from_supervisor_, true) == wire::Received::end) discard();
  for (;;) {
    wire::Frame frame;
    const wire::Assembler::State state = from_supervisor_.next(frame);
    if (state == wire::Assembler::State::broken) discard();
    if (state == wire::Assembler::State::incomplete) return;
    const FrameGuard guard{frame};
    obey(frame);
  }
}

void Keeper::obey(wire::Frame& frame) {
  switch (frame.type) {
    case wire::FrameType::run:
      run(frame);
      break;
    case wire::FrameType::kill:
      note_kill(frame);
      [[fallthrough]];
    case wire::FrameType::checkpoint:
      if (!wire::send_frame(agent_.get(), frame.type, frame.body)) clone_is_gone(why_gone());
      break;
    case wire::FrameType::pack_layer:
      pack_layer(wire::decode_text(frame.body).value_or(""));
      break;
    default:
      throw ContainerError("the launcher does not know an order of type " +
                           std::to_string(static_cast<int>(frame.type)));
  }
}

void Keeper::note_kill(const wire::Frame& frame) {
  const std::optional<wire::Order> order = wire::decode_order(frame.body);
  if (!order || order->signal != SIGKILL) return;
  const auto at = in_flight_.find(order->id);
  if (at != in_flight_.end() && !at->second.killed) at->second.killed = std::chrono::steady_clock::now();
}

/// How long poll() may wait: for ever, unless a process was killed whose end we are owed.
int Keeper::milliseconds_of_patience() const {
  const auto now = std::chrono::steady_clock::now();
  std::chrono::milliseconds least = std::chrono::milliseconds::max();
  for (const auto& [id, run] : in_flight_) {
    if (!run.killed) continue;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(*run.killed + kill_patience - now);
    least = std::min(least, std::max(left, std::chrono::milliseconds(0)));
  }
  return least == std::chrono::milliseconds::max() ? -1 : static_cast<int>(least.count());
}

void Keeper::pack_layer(const std::string& image) {
  std::string wrong;
  try {
    root_->pack_layer(image);
  } catch (const Error& error) {
    wrong = error.what();
  }
  wire::send_frame(supervisor_.get(), wire::FrameType::packed, wire::encode_text(wrong));
}

void Keeper::run(wire::Frame& frame) {
  std::optional<wire::Run> run = wire::decode_run(frame.body);
  if (!run || static_cast<int>(frame.descriptors.size()) != count_streams(run->streams))
    throw ContainerError("the launcher does not understand an order to execute");
  own_streams(*run, frame);
  run->cell = run->cell && plan_.root.means.cells;
  std::vector<int> descriptors = frame.descriptors;
  std::vector<rootfs::CellPiece> pieces;
  if (run->cell) pieces = root_->make_cell(run->id, run->share_run);
  for (const rootfs::CellPiece& piece : pieces) {
    run->pieces.push_back({piece.target});
    descriptors.push_back(piece.mount.get());
  }
  const cgroups::Sample before = counters_.read_start();
  counters_.reset_peak();
  in_flight_[run->id] = {run->cell, before.cpu_ns, before.out_of_memory};
  if (!wire::send_frame(agent_.get(), wire::FrameType::run, wire::encode(*run), descriptors))
    clone_is_gone(why_gone());
}

/// Makes the clone's ends of the streams the person's own, so that a test can open /dev/stdout again.
void Keeper::own_streams(const wire::Run& run, const wire::Frame& frame) const {
  const std::optional<std::uint32_t> user = root_->ids().users.outside(run.person.uid);
  const std::optional<std::uint32_t> group = root_->ids().groups.outside(run.person.gid);
  if (!user || !group) return;
  for (const int fd : frame.descriptors)
    if (::fchown(fd, *user, *group) != 0) throw SystemError("give a stream to the tests' user", errno);
}

void Keeper::hear_agent() {
  // No room for descriptors: nothing that a clone holds may come to us.
  const bool gone = wire::receive_some(agent_.get(), from_agent_, false) == wire::Received::end;
  for (;;) {
    wire::Frame frame;
    const wire::Assembler::State state = from_agent_.next(frame);
    if (state == wire::Assembler::State::broken) clone_is_gone("the clone's agent speaks nonsense");
    if (state == wire::Assembler::State::incomplete) break;
    agent_says(frame);
  }
  if (gone) clone_is_gone(why_gone());
}

void Keeper::agent_says(const wire::Frame& frame) {
  std::optional<wire::AgentReport> agent = wire::decode_agent_report(frame.body);
  const bool ended = frame.type == wire::FrameType::agent_ended;
  if (!agent || (!ended && frame.type != wire::FrameType::agent_checkpointed))
    clone_is_gone("the clone's agent speaks nonsense");
  // Each id is answered once; whatever else comes is not worth believing.
  const auto at = in_flight_.find(agent->id);
  if (at == in_flight_.end()) return;
  wire::Report report;
  report.counters = count_since(at->second);
  const std::uint64_t id = agent->id;
  if (ended && at->second.cell) {
    report.wrote = root_->written(id);
    sweeper_.sweep(root_->cell_storage(id));
  }
  if (ended) in_flight_.erase(at);
  report.agent = std::move(*agent);
  wire::send_frame(supervisor_.get(), ended ? wire::FrameType::ended : wire::FrameType::checkpointed,
                   wire::encode(report));
}

wire::Counters Keeper::count_since(InFlight& run) {
  const cgroups::Sample now = counters_.read();
  wire::Counters counters{now.cpu_ns - run.cpu_before_ns, now.memory_peak_bytes, now.memory_bytes,
                          now.out_of_memory - run.out_of_memory_before};
  run.cpu_before_ns = now.cpu_ns;
  run.out_of_memory_before = now.out_of_memory;
  counters_.reset_peak();
  return counters;
}

std::string Keeper::why_gone() {
  const bool hungry = counters_.read().out_of_memory > 0;
  return hungry ? "the clone's agent ended after the clone ran out of memory" : "the clone's agent ended";
}

void Keeper::clone_is_gone(const std::string& reason) {
  wire::send_frame(supervisor_.get(), wire::FrameType::clone_gone, wire::encode_text(reason));
  discard();
}

}  // namespace sharder::launcher
