#include "containers/lxc_clone.hpp"

#include <signal.h>

#include <chrono>
#include <utility>

#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// A keeper gives up on its agent after ten seconds, and tells.
constexpr std::chrono::seconds answer_patience{12};
/// A clone's start takes milliseconds; on a machine that swaps, seconds.
constexpr std::chrono::seconds start_patience{60};
/// Stands for the clone's start among the ids of executions.
constexpr std::uint64_t start_id = 0;

wire::Run to_wire(const ExecuteRequest& request, const std::string& project, std::uint64_t id) {
  wire::Run run;
  run.id = id;
  run.role = static_cast<wire::Run::Role>(request.role);
  run.command = request.command;
  run.environment = request.environment;
  run.directory = request.directory;
  run.person = {request.user.uid, request.user.gid, {request.user.groups.begin(), request.user.groups.end()}};
  run.cell = request.cell;
  run.share_run = request.share_run;
  run.channels = request.channels;
  run.share = request.share;
  for (const ExtraFile& file : request.files) run.files.push_back({file.path, file.content, file.mode});
  run.result_file = request.result_file;
  run.project = project;
  run.collect = request.collect;
  return run;
}

}  // namespace

static_assert(static_cast<int>(ExecuteRequest::Role::test) == static_cast<int>(wire::Run::Role::test) &&
              static_cast<int>(ExecuteRequest::Role::service) == static_cast<int>(wire::Run::Role::service) &&
              static_cast<int>(ExecuteRequest::Role::helper) == static_cast<int>(wire::Run::Role::helper));

CloneLink::CloneLink(const boost::asio::any_io_executor& executor, std::string name, UniqueFd socket)
    : executor_(executor),
      name_(std::move(name)),
      socket_(std::make_shared<FrameSocket>(executor, std::move(socket))),
      changed_(executor),
      patience_(executor) {}

void CloneLink::listen() {
  const std::weak_ptr<CloneLink> weak = weak_from_this();
  socket_->listen(
      [weak](wire::Frame& frame) {
        if (const auto self = weak.lock()) self->hear(frame);
      },
      [weak] {
        if (const auto self = weak.lock()) self->lose("its launcher ended");
      });
  expect_answer(start_id, start_patience);
}

void CloneLink::close() {
  socket_->close();
  lose("it was discarded");
}

void CloneLink::hear(const wire::Frame& frame) {
  switch (frame.type) {
    case wire::FrameType::clone_ready:
      ready_ = true;
      owed_.erase(start_id);
      break;
    case wire::FrameType::clone_failed:
      trouble_ =
          wire::decode_trouble(frame.body).value_or(wire::Trouble{"the launcher speaks nonsense", {}, false});
      break;
    case wire::FrameType::clone_gone:
      lose(printable(wire::decode_text(frame.body).value_or("unknown")));
      break;
    case wire::FrameType::packed:
      packed_ = wire::decode_text(frame.body).value_or("the launcher speaks nonsense");
      break;
    default:
      hear_report(frame);
      return;
  }
  changed_.notify();
}

void CloneLink::hear_report(const wire::Frame& frame) {
  std::optional<wire::Report> report = wire::decode_report(frame.body);
  if (!report) return lose("its launcher speaks nonsense");
  owed_.erase(report->agent.id);
  const auto at = executions_.find(report->agent.id);
  const bool lost = report->agent.kind == wire::AgentReport::Kind::lost;
  const std::string reason = printable(report->agent.message);
  if (at != executions_.end()) {
    const std::shared_ptr<ExecutionState> state = at->second;
    if (frame.type == wire::FrameType::checkpointed) return state->checkpointed(*report);
    executions_.erase(at);
    state->ended(std::move(*report));
  }
  if (lost) lose(reason);
}

void CloneLink::lose(const std::string& reason) {
  if (!gone_) gone_ = reason;
  const auto executions = std::exchange(executions_, {});
  for (const auto& [id, state] : executions) state->clone_gone(*gone_);
  changed_.notify();
}

boost::asio::awaitable<void> CloneLink::wait_until_ready() {
  const auto self = shared_from_this();
  while (!ready_ && !trouble_ && !gone_) co_await changed_.wait();
  if (trouble_ && trouble_->unfit) throw UnfitError(trouble_->message, trouble_->hint);
  if (trouble_) throw ContainerError(trouble_->message, trouble_->hint);
  if (gone_) throw ContainerError("clone \"" + name_ + "\" is gone: " + *gone_);
}

std::shared_ptr<ExecutionState> CloneLink::start(const ExecuteRequest& request, const std::string& project) {
  if (gone_) throw ContainerError("clone \"" + name_ + "\" is gone: " + *gone_);
  wire::Run run = to_wire(request, project, next_id_++);
  const auto state = std::make_shared<ExecutionState>(executor_, run.id);
  std::vector<UniqueFd> clone_ends;
  try {
    clone_ends = state->open_streams(request, run);
  } catch (const SystemError& error) {
    throw ContainerError(std::string("cannot execute in clone \"") + name_ + "\": " + error.what(),
                         "ulimit -n");
  }
  const std::string body = wire::encode(run);
  if (body.size() > wire::max_frame_bytes)
    throw ContainerError("the files for an execution exceed " + format_size(wire::max_frame_bytes));
  executions_[run.id] = state;
  socket_->send(wire::FrameType::run, body, std::move(clone_ends));
  return state;
}

void CloneLink::send_order(wire::FrameType type, const wire::Order& order) {
  socket_->send(type, wire::encode(order));
  if (type == wire::FrameType::checkpoint || order.signal == SIGKILL) expect_answer(order.id, answer_patience);
}

/// A keeper that was stopped, or hangs in the kernel, answers nothing: its clone is lost, not the run.
void CloneLink::expect_answer(std::uint64_t id, std::chrono::seconds patience) {
  owed_.insert(id);
  patience_.expires_after(patience);
  patience_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || !self || self->owed_.empty()) return;
    self->socket_->close();
    self->lose("its launcher does not answer");
  });
}

void CloneLink::forget(std::uint64_t id) {
  executions_.erase(id);
  owed_.erase(id);
}

boost::asio::awaitable<void> CloneLink::pack_layer(std::string path) {
  const auto self = shared_from_this();
  packed_.reset();
  socket_->send(wire::FrameType::pack_layer, wire::encode_text(path));
  while (!packed_ && !gone_) co_await changed_.wait();
  if (!packed_) throw ContainerError("clone \"" + name_ + "\" is gone: " + *gone_);
  if (!packed_->empty())
    throw ContainerError("cannot pack a layer into " + path + ": " + printable(*packed_));
}

LxcClone::LxcClone(std::shared_ptr<CloneLink> link, std::string project)
    : link_(std::move(link)), project_(std::move(project)) {}

LxcClone::~LxcClone() {
  link_->close();
}

boost::asio::awaitable<std::unique_ptr<Execution>> LxcClone::execute(ExecuteRequest request) {
  co_return std::make_unique<LxcExecution>(link_->start(request, project_), link_);
}

boost::asio::awaitable<void> LxcClone::pack_layer(std::string path) {
  return link_->pack_layer(std::move(path));
}

}  // namespace sharder
