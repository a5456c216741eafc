// A clone as the supervisor holds it: the socket to its keeper and what runs in it.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "containers/agent/messages.hpp"
#include "containers/clone_pool.hpp"
#include "containers/frame_socket.hpp"
#include "containers/lxc_execution.hpp"
#include "containers/wakeup.hpp"

namespace sharder {

/// Lives as long as anybody needs the socket: the Clone, or an obtain() that still waits for it.
class CloneLink : public ExecutionHost, public std::enable_shared_from_this<CloneLink> {
 public:
  CloneLink(const boost::asio::any_io_executor& executor, std::string name, UniqueFd socket);
  void listen();
  void close();

  /// Waits until the keeper says that the clone runs. Throws ContainerError or UnfitError.
  boost::asio::awaitable<void> wait_until_ready();
  std::shared_ptr<ExecutionState> start(const ExecuteRequest& request, const std::string& project);
  boost::asio::awaitable<void> pack_layer(std::string path);

  void send_order(wire::FrameType type, const wire::Order& order) override;
  void forget(std::uint64_t id) override;

  const std::string& name() const { return name_; }
  bool gone() const { return gone_.has_value(); }
  std::string why_gone() const { return gone_.value_or(""); }

 private:
  void hear(const wire::Frame& frame);
  void hear_report(const wire::Frame& frame);
  void lose(const std::string& reason);
  void expect_answer(std::uint64_t id, std::chrono::seconds patience);

  boost::asio::any_io_executor executor_;
  std::string name_;
  std::shared_ptr<FrameSocket> socket_;
  Wakeup changed_;
  bool ready_ = false;
  std::optional<wire::Trouble> trouble_;
  std::optional<std::string> gone_, packed_;
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, std::shared_ptr<ExecutionState>> executions_;
  std::set<std::uint64_t> owed_;        // executions of which the keeper owes us an answer
  boost::asio::steady_timer patience_;  // for those
};

class LxcClone : public Clone {
 public:
  LxcClone(std::shared_ptr<CloneLink> link, std::string project);
  ~LxcClone() override;

  const std::string& name() const override { return link_->name(); }
  bool gone() const override { return link_->gone(); }
  std::string why_gone() const override { return link_->why_gone(); }
  boost::asio::awaitable<std::unique_ptr<Execution>> execute(ExecuteRequest request) override;
  boost::asio::awaitable<void> pack_layer(std::string path) override;

 private:
  std::shared_ptr<CloneLink> link_;
  std::string project_;
};

}  // namespace sharder
