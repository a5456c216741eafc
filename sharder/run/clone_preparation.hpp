// Brings a clone to the point where tests can run in it: obtained, services started, ready.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sharder/run/context.hpp"

namespace sharder {

/// A clone with its services, and what tied tests have done in it.
struct PreparedClone {
  std::unique_ptr<Clone> clone;
  std::vector<std::unique_ptr<Execution>> services;  // those that stay in the foreground
  std::set<TestIndex> done;                          // fixtures and dependencies that ran here
  std::map<TestIndex, Outcome> fixture_outcomes;

  explicit operator bool() const { return clone != nullptr; }
};

/// What a failure to start a clone leads to: it is told and tried again, or left to who can do without.
enum class Care { thoroughly, once_and_silently };

/// Whether the machine is to blame for what went wrong in the clone, and not the command: another try may do better.
bool machine_failed(const Error& error, const Clone& clone);

/// Nothing happens for so long.
boost::asio::awaitable<void> pause(RunContext& context, Seconds span);

/// Obtains a clone where `worker` has its place, starts its services and waits until they answer. Throws
/// ContainerError when the clone cannot be had, PreparationError when its services do not start.
boost::asio::awaitable<PreparedClone> bring_up(RunContext& context, int worker, std::vector<std::string> layers,
                                               Care care);

/// The same with care; tells of it as clone.ready.
boost::asio::awaitable<PreparedClone> prepare_clone(RunContext& context, int worker, std::vector<std::string> layers);

/// The same without services, and without an event.
boost::asio::awaitable<PreparedClone> obtain_clone(RunContext& context, int worker, std::vector<std::string> layers);

/// Runs the `start` commands in the clone and waits for `ready`.
boost::asio::awaitable<void> start_services(RunContext& context, PreparedClone& prepared);
/// Runs `stop`, if there is one.
boost::asio::awaitable<void> stop_services(RunContext& context, PreparedClone& prepared);

/// Whether the services still answer; true where nothing tells, false where the clone cannot be asked.
boost::asio::awaitable<bool> services_answer(RunContext& context, Clone& clone);

/// Takes what `collect` names out of a clone whose tests had no cells of their own. A clone that dies of it, or is
/// dead, has nothing to give.
boost::asio::awaitable<void> collect_artifacts(RunContext& context, Clone& clone, int worker);

/// A request that runs `command` as root in the project, outside any cell. Throws ConfigError on an open quote.
ExecuteRequest root_command(const RunContext& context, const std::string& command, ExecuteRequest::Role role);

/// The last lines of what a failed command printed, indented, for a message.
std::string quote_tail(const std::string& output);

}  // namespace sharder
