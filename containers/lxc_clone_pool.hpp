// Clones by liblxc: the pool that the engine gets on a real machine. Runs on one event loop; liblxc itself
// runs in sharder-launcher and never in this process.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "containers/clone_pool.hpp"
#include "containers/programs.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder {

class LaunchServer;

class LxcClonePool : public ClonePool {
 public:
  /// Nothing is started before the first obtain(). The process must ignore SIGPIPE; the constructor sees to
  /// it.
  LxcClonePool(boost::asio::any_io_executor executor, ClonePoolSettings settings, ClonePrograms programs);
  /// Discards what close() has not; waits for it.
  ~LxcClonePool() override;

  boost::asio::awaitable<std::unique_ptr<Clone>> obtain(CloneRequest request) override;
  boost::asio::awaitable<void> close() override;
  std::vector<std::string> notices() const override;

 private:
  boost::asio::awaitable<void> start_server();
  void replace_dead_server();

  struct Starting;
  boost::asio::any_io_executor executor_;
  ClonePoolSettings settings_;
  ClonePrograms programs_;
  std::shared_ptr<LaunchServer> server_;
  std::shared_ptr<Starting> starting_;
  unsigned next_number_ = 0;
  int servers_lost_ = 0;
  UniqueFd lock_;
};

/// Where a run keeps its things while it lives; also liblxc's path for `lxc-info -P`.
std::string run_directory(const std::string& run_id);

}  // namespace sharder
