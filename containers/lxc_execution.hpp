// One process in a clone as the supervisor holds it: its pipes, its events in order, its end.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "containers/agent/messages.hpp"
#include "containers/clone_pool.hpp"
#include "containers/collected_files.hpp"
#include "containers/pipe_streams.hpp"
#include "containers/wakeup.hpp"

namespace sharder {

/// What an execution needs of its clone.
class ExecutionHost {
 public:
  virtual ~ExecutionHost() = default;
  virtual void send_order(wire::FrameType type, const wire::Order& order) = 0;
  virtual void forget(std::uint64_t id) = 0;
};

/// Shared between the Execution that the engine holds and the clone that receives its reports.
class ExecutionState : public std::enable_shared_from_this<ExecutionState> {
 public:
  ExecutionState(const boost::asio::any_io_executor& executor, std::uint64_t id);

  /// Makes the pipes that the request needs; the clone's ends, in the protocol's order, are returned and
  /// named in `run`.
  std::vector<UniqueFd> open_streams(const ExecuteRequest& request, wire::Run& run);

  // From the clone:
  void ended(wire::Report report);
  void checkpointed(const wire::Report& report);
  void clone_gone(const std::string& reason);

  // From the engine:
  boost::asio::awaitable<std::optional<ExecutionEvent>> next(TimePoint deadline);
  boost::asio::awaitable<Checkpoint> wait_for_checkpoint();
  void write(std::string bytes);
  void close_input();
  /// Nobody listens any more: lets go of the pipes.
  void abandon();

  std::uint64_t id() const { return id_; }
  bool finished() const { return finished_; }

 private:
  using TakeBytes = std::function<void(ExecutionState&, std::string_view)>;
  /// Opens one stream and returns the clone's end of it.
  UniqueFd read_into(wire::Run& run, wire::Stream stream, TakeBytes take);
  UniqueFd open_input(wire::Run& run);
  void take_output(std::string_view bytes);
  void take_error_output(std::string_view bytes);
  void take_result(std::string_view bytes);
  void take_collected(std::string_view bytes);
  void push(ExecutionEvent event, std::size_t bytes);
  /// More is waiting for `next` than should.
  void make_room();
  void drain();

  boost::asio::any_io_executor executor_;
  std::uint64_t id_;
  std::deque<ExecutionEvent> events_;
  std::size_t pending_bytes_ = 0;
  Wakeup changed_, checked_;
  std::vector<std::shared_ptr<PipeReader>> readers_;
  std::shared_ptr<PipeWriter> input_;
  CollectedFiles collected_;
  std::optional<Checkpoint> checkpoint_;
  bool finished_ = false, gone_ = false;
  bool service_ = false;  // what it started may go on writing after its end
};

class LxcExecution : public Execution {
 public:
  LxcExecution(std::shared_ptr<ExecutionState> state, std::weak_ptr<ExecutionHost> host);
  ~LxcExecution() override;

  boost::asio::awaitable<std::optional<ExecutionEvent>> next(TimePoint deadline) override;
  void write(std::string bytes) override;
  void close_input() override;
  void kill(int signal) override;
  boost::asio::awaitable<Checkpoint> checkpoint() override;

 private:
  std::shared_ptr<ExecutionState> state_;
  std::weak_ptr<ExecutionHost> host_;
};

}  // namespace sharder
