// Puts together what a verb needs to have clones of this machine: the loop, time, slots, base, user, pool.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "containers/bases/base_store.hpp"
#include "sharder/config/environment.hpp"
#include "sharder/host/machine.hpp"
#include "sharder/host/pressure.hpp"
#include "sharder/model/past.hpp"
#include "sharder/run/asio_time_source.hpp"
#include "sharder/run/context.hpp"
#include "sharder/run/machine_slots.hpp"
#include "sharder/run/project_watch.hpp"
#include "sharder/run/setup_layer.hpp"

namespace sharder {

class Session {
 public:
  /// `past` tells how many workers the tests deserve; `run_id` is that of the run that goes on. Throws UnfitError for
  /// what takes root when we are not, ConfigError for an unknown base or user, and for tests that want more than the
  /// machine has.
  Session(Config config, Environment environment, const Machine& machine, const Past& past = {},
          std::optional<std::string> run_id = {});
  ~Session();

  RunContext& context() { return *context_; }
  boost::asio::io_context& io() { return io_; }
  const Config& config() const { return config_; }
  const std::string& run_id() const { return run_id_; }
  /// Runs the loop until `work` is over, and gives or throws what it comes to.
  template <typename Value>
  Value complete(boost::asio::awaitable<Value> work);
  LayerPaths layer_paths() const;
  std::string lock_directory() const;
  /// Takes part in the sharing of this machine's slots among its runs. Throws BusyError where none is left and no
  /// number of workers was asked for.
  std::unique_ptr<MachineSlots> take_slots();
  /// From now on a file of the project that changes is noticed.
  void begin_watching();
  /// What run.started tells.
  RunStarted started(const std::string& command_line) const;

 private:
  /// First, since all that follows opens files.
  struct RoomForFiles {
    RoomForFiles();
  } room_for_files_;
  Config config_;
  std::string machine_id_;  // of what this process has on the machine; new for every part of a run that goes on
  std::string run_id_;
  boost::asio::io_context io_{1};
  AsioTimeSource time_{io_.get_executor()};
  EventStream events_;
  Cancellation cancellation_;
  std::unique_ptr<ProjectWatch> watch_;
  PressureMeter meter_;
  BaseLease base_;
  Identity user_;
  std::string why_workers_;
  int slots_ = 1;  // of the machine
  std::unique_ptr<ClonePool> pool_;
  std::unique_ptr<RunContext> context_;
};

template <typename Value>
Value Session::complete(boost::asio::awaitable<Value> work) {
  std::optional<Value> result;
  std::exception_ptr failure;
  boost::asio::co_spawn(io_, std::move(work), [&](std::exception_ptr error, Value value) {
    failure = error;
    result = std::move(value);
    io_.stop();
  });
  io_.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*result);
}

}  // namespace sharder
