// What every part of a run shares. Plain references to things that outlive the run's coroutines.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "containers/clone_pool.hpp"
#include "sharder/config/config.hpp"
#include "sharder/run/admission.hpp"
#include "sharder/run/artifacts.hpp"
#include "sharder/run/cancellation.hpp"
#include "sharder/run/event_stream.hpp"
#include "sharder/suites/framework.hpp"
#include "sharder/suites/identifiers.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {

/// The starting of services, the setup or the listing failed: exit status 5.
class PreparationError : public Error {
  using Error::Error;
};

struct RunContext {
  boost::asio::any_io_executor executor;
  TimeSource& time;
  ClonePool& pool;
  EventStream& events;
  Cancellation& cancellation;
  const Config& config;
  std::string run_id;
  std::uint64_t seed = 0;
  Identity user;                                   // the tests'
  std::map<std::string, std::string> environment;  // of whoever called us
  std::vector<Place> places;                       // of each worker; its size is the number of workers
  /// Whether a file of the project changed on the host since the run began; looks at the disk.
  std::function<bool()> project_changed;
  Artifacts* artifacts = nullptr;  // outlives the run; without it nothing is kept
  bool room_for_spares = true;     // memory suffices for clones beside those that workers use
  /// How short the machine is of memory and processors; without it nothing is held back.
  std::function<PressureSample()> pressure;
  AdmissionSettings admission;
  TimePoint last_loss = TimePoint::min();  // of an attempt with its clone
  /// Lists the tests where no clone is to be asked: a simulation knows them beforehand.
  std::function<boost::asio::awaitable<std::vector<SuiteTests>>()> list;

  int workers() const { return static_cast<int>(places.size()); }
  bool has_services() const { return !config.clones.start.commands.empty(); }
};

}  // namespace sharder
