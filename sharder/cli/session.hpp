// Puts together what a verb needs to have clones of this machine: the loop, time, slots, base, user, pool.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "containers/bases/base_store.hpp"
#include "sharder/config/environment.hpp"
#include "sharder/run/asio_time_source.hpp"
#include "sharder/run/context.hpp"
#include "sharder/run/project_watch.hpp"
#include "sharder/run/setup_layer.hpp"

namespace sharder {

class Session {
 public:
  /// Throws UnfitError when we are not root, ConfigError for an unknown base or user.
  Session(Config config, Environment environment);
  ~Session();

  RunContext& context() { return *context_; }
  boost::asio::io_context& io() { return io_; }
  const Config& config() const { return config_; }
  const std::string& run_id() const { return run_id_; }
  LayerPaths layer_paths() const;
  std::string lock_directory() const;
  /// From now on a file of the project that changes is noticed.
  void begin_watching();
  /// What run.started tells.
  RunStarted started(const std::string& command_line) const;

 private:
  Config config_;
  std::string run_id_;
  boost::asio::io_context io_{1};
  AsioTimeSource time_{io_.get_executor()};
  EventStream events_;
  Cancellation cancellation_;
  std::unique_ptr<ProjectWatch> watch_;
  BaseLease base_;
  Identity user_;
  std::string why_workers_;
  std::unique_ptr<ClonePool> pool_;
  std::unique_ptr<RunContext> context_;
};

}  // namespace sharder
