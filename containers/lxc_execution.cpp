#include "containers/lxc_execution.hpp"

#include <signal.h>

#include <utility>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// Output that nobody has taken yet; beyond it the process waits on its pipe.
constexpr std::size_t max_pending_bytes = 1u << 20;

Usage usage_of(const wire::Counters& counters) {
  Usage usage;
  usage.cpu_seconds = static_cast<double>(counters.cpu_ns) / 1e9;
  usage.memory_peak_bytes = counters.memory_peak;
  usage.memory_bytes = counters.memory;
  usage.out_of_memory = counters.out_of_memory > 0;
  return usage;
}

std::vector<Leak> leaks_of(const wire::AgentReport& report) {
  std::vector<Leak> leaks;
  for (const wire::LeakedProcess& leak : report.leaks) leaks.push_back({leak.pid, printable(leak.command)});
  return leaks;
}

Termination termination_of(const wire::AgentReport& report) {
  Termination termination;
  switch (report.kind) {
    case wire::AgentReport::Kind::signalled:
      termination.kind = Termination::Kind::signalled;
      break;
    case wire::AgentReport::Kind::not_started:
      termination.kind = Termination::Kind::not_started;
      break;
    default:
      termination.kind = Termination::Kind::exited;
  }
  termination.code = report.code;
  termination.message = printable(report.message);
  return termination;
}

}  // namespace

ExecutionState::ExecutionState(const boost::asio::any_io_executor& executor, std::uint64_t id)
    : executor_(executor), id_(id), changed_(executor), checked_(executor) {}

UniqueFd ExecutionState::read_into(wire::Run& run, wire::Stream stream, TakeBytes take) {
  run.streams = static_cast<std::uint8_t>(run.streams | static_cast<std::uint8_t>(stream));
  Pipe pipe = make_pipe();
  readers_.push_back(std::make_shared<PipeReader>(executor_, std::move(pipe.read_end)));
  // Readers are ours: they may not keep us.
  readers_.back()->start([weak = weak_from_this(), take](std::string_view bytes) {
    if (const auto self = weak.lock()) take(*self, bytes);
  });
  return std::move(pipe.write_end);
}

UniqueFd ExecutionState::open_input(wire::Run& run) {
  run.streams = static_cast<std::uint8_t>(run.streams | static_cast<std::uint8_t>(wire::Stream::input));
  Pipe pipe = make_pipe();
  input_ = std::make_shared<PipeWriter>(executor_, std::move(pipe.write_end));
  return std::move(pipe.read_end);
}

void ExecutionState::take_output(std::string_view bytes) {
  push(OutputBytes{std::string(bytes), false}, bytes.size());
}

void ExecutionState::take_error_output(std::string_view bytes) {
  push(OutputBytes{std::string(bytes), true}, bytes.size());
}

void ExecutionState::take_result(std::string_view bytes) {
  push(ResultBytes{std::string(bytes)}, bytes.size());
}

void ExecutionState::take_collected(std::string_view bytes) {
  for (Collected& file : collected_.add(bytes)) {
    const std::size_t size = file.bytes.size() + file.path.size();
    push(std::move(file), size);
  }
}

std::vector<UniqueFd> ExecutionState::open_streams(const ExecuteRequest& request, wire::Run& run) {
  service_ = request.role == ExecuteRequest::Role::service;
  std::vector<UniqueFd> clone_ends;
  clone_ends.push_back(read_into(run, wire::Stream::output, std::mem_fn(&ExecutionState::take_output)));
  if (!request.merge_output)
    clone_ends.push_back(
        read_into(run, wire::Stream::error, std::mem_fn(&ExecutionState::take_error_output)));
  if (request.feed || request.channels) clone_ends.push_back(open_input(run));
  if (request.channels || !request.result_file.empty())
    clone_ends.push_back(read_into(run, wire::Stream::result, std::mem_fn(&ExecutionState::take_result)));
  if (!request.collect.empty())
    clone_ends.push_back(read_into(run, wire::Stream::collect, std::mem_fn(&ExecutionState::take_collected)));
  return clone_ends;
}

void ExecutionState::push(ExecutionEvent event, std::size_t bytes) {
  events_.push_back(std::move(event));
  pending_bytes_ += bytes;
  if (pending_bytes_ > max_pending_bytes) make_room();
  changed_.notify();
}

void ExecutionState::make_room() {
  if (!service_) {
    for (const auto& reader : readers_) reader->pause();
    return;
  }
  // Nobody listens to a service once it answers, and one that waits for a reader answers nobody.
  events_.erase(events_.begin(), std::prev(events_.end()));
  pending_bytes_ = 0;
}

void ExecutionState::drain() {
  // A reader's last bytes may come while its list is walked, but never a new reader.
  for (const auto& reader : readers_) {
    if (service_) {
      reader->drain_and_discard();
    } else {
      reader->drain();
    }
  }
  if (service_) readers_.clear();  // each keeps itself until its pipe ends
  if (input_) input_->close();
}

void ExecutionState::ended(wire::Report report) {
  if (finished_) return;
  if (report.agent.kind == wire::AgentReport::Kind::lost) return clone_gone(printable(report.agent.message));
  drain();
  finished_ = true;
  Ended ended;
  ended.termination = termination_of(report.agent);
  ended.duration = std::chrono::nanoseconds(report.agent.duration_ns);
  ended.usage = usage_of(report.counters);
  ended.leaks = leaks_of(report.agent);
  ended.wrote = std::move(report.wrote);
  push(std::move(ended), 0);
  checked_.notify();
}

void ExecutionState::clone_gone(const std::string& reason) {
  if (finished_) return;
  drain();
  finished_ = gone_ = true;
  push(CloneGone{reason}, 0);
  checked_.notify();
}

void ExecutionState::checkpointed(const wire::Report& report) {
  Checkpoint checkpoint;
  checkpoint.usage = usage_of(report.counters);
  checkpoint.leaks = leaks_of(report.agent);
  checkpoint_ = std::move(checkpoint);
  checked_.notify();
}

boost::asio::awaitable<std::optional<ExecutionEvent>> ExecutionState::next(TimePoint deadline) {
  const auto self = shared_from_this();
  while (events_.empty()) {
    if (std::chrono::steady_clock::now() >= deadline) co_return std::nullopt;
    co_await changed_.wait_until(deadline);
  }
  std::optional<ExecutionEvent> event = std::move(events_.front());
  events_.pop_front();
  if (events_.empty()) {
    pending_bytes_ = 0;
    for (const auto& reader : readers_) reader->resume();
  }
  co_return event;
}

boost::asio::awaitable<Checkpoint> ExecutionState::wait_for_checkpoint() {
  const auto self = shared_from_this();
  while (!checkpoint_ && !finished_) co_await checked_.wait();
  Checkpoint result;
  if (checkpoint_) result = std::move(*checkpoint_);
  checkpoint_.reset();
  result.clone_gone = gone_;
  co_return result;
}

void ExecutionState::write(std::string bytes) {
  if (input_) input_->write(std::move(bytes));
}

void ExecutionState::close_input() {
  if (input_) input_->close_when_written();
}

void ExecutionState::abandon() {
  for (const auto& reader : readers_) reader->close();
  if (input_) input_->close();
}

LxcExecution::LxcExecution(std::shared_ptr<ExecutionState> state, std::weak_ptr<ExecutionHost> host)
    : state_(std::move(state)), host_(std::move(host)) {}

LxcExecution::~LxcExecution() {
  if (!state_->finished()) kill(SIGKILL);
  state_->abandon();
  if (const auto host = host_.lock()) host->forget(state_->id());
}

boost::asio::awaitable<std::optional<ExecutionEvent>> LxcExecution::next(TimePoint deadline) {
  return state_->next(deadline);
}

void LxcExecution::write(std::string bytes) {
  state_->write(std::move(bytes));
}

void LxcExecution::close_input() {
  state_->close_input();
}

void LxcExecution::kill(int signal) {
  const auto host = host_.lock();
  if (host && !state_->finished()) host->send_order(wire::FrameType::kill, {state_->id(), signal});
}

boost::asio::awaitable<Checkpoint> LxcExecution::checkpoint() {
  const auto host = host_.lock();
  if (host && !state_->finished()) host->send_order(wire::FrameType::checkpoint, {state_->id(), 0});
  return state_->wait_for_checkpoint();
}

}  // namespace sharder
