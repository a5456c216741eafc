#include "sharder/run/clone_preparation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "sharder/run/helper_command.hpp"
#include "sharder/run/notifier.hpp"
#include "sharder/run/test_environment.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr Seconds first_ready_pause{0.01}, longest_ready_pause{0.2};
// How long a start command may take before the next one begins beside it: it stays in the foreground.
constexpr Seconds foreground_patience{1};
constexpr int obtain_tries = 3, service_tries = 3;

/// A start command that has not returned: it stays in the foreground, or takes its time.
struct Starting {
  std::string command, output;
  Execution* execution = nullptr;
};

/// Servers that are configured with a key of the machine do not find it in a clone.
std::string hint_about(const std::string& output, const std::vector<std::string>& hidden) {
  const auto tells_of = [&](const std::string& text) { return output.find(text) != std::string::npos; };
  for (const std::string& path : hidden)
    if (tells_of(fmt::format("\"{}/", path)) || tells_of(fmt::format(" {}/", path)))
      return fmt::format("clones do not see {} ([clones] hide): start the service without it", path);
  return "try it in a clone: sharder shell";
}

[[noreturn]] void refuse_start(const RunContext& context, const Starting& starting, const std::string& why) {
  throw PreparationError(
      fmt::format("the start command \"{}\" failed: {}{}", starting.command, why, quote_tail(starting.output)),
      hint_about(starting.output, context.config.clones.hide));
}

/// What of a service's output can matter to a person.
std::string end_of(std::string output) {
  constexpr std::size_t most_bytes = 16 << 10;
  return output.size() > most_bytes ? output.substr(output.size() - most_bytes) : output;
}

/// Waits until the command has ended or the time has come, and refuses one that failed. False: it goes on.
boost::asio::awaitable<bool> has_started(RunContext& context, Starting& starting, TimePoint deadline) {
  for (;;) {
    std::optional<ExecutionEvent> event = co_await starting.execution->next(deadline);
    if (!event) co_return false;
    if (const auto* bytes = std::get_if<OutputBytes>(&*event))
      starting.output = end_of(starting.output + bytes->bytes);
    if (const auto* ended = std::get_if<Ended>(&*event)) {
      const bool ok = ended->termination.kind == Termination::Kind::exited && ended->termination.code == 0;
      if (!ok) refuse_start(context, starting, describe(ended->termination));
      co_return true;
    }
    if (const auto* gone = std::get_if<CloneGone>(&*event)) throw ContainerError("the clone died: " + gone->reason);
  }
}

/// Starts one command. Keeps it among the services when it has not returned in time.
boost::asio::awaitable<std::optional<Starting>> start_service(RunContext& context, PreparedClone& prepared,
                                                              const std::string& command, Seconds patience) {
  ExecuteRequest request = root_command(context, command, ExecuteRequest::Role::service);
  std::unique_ptr<Execution> service = co_await prepared.clone->execute(std::move(request));
  Starting starting;
  starting.command = command;
  starting.execution = service.get();
  const bool over = co_await has_started(context, starting, after(context.time.now(), patience));
  if (over) co_return std::nullopt;
  prepared.services.push_back(std::move(service));
  co_return starting;
}

boost::asio::awaitable<void> forget_those_that_returned(RunContext& context, std::vector<Starting>& services) {
  for (auto service = services.begin(); service != services.end();) {
    const bool over = co_await has_started(context, *service, context.time.now());
    service = over ? services.erase(service) : std::next(service);
  }
}

/// Asks until the services answer. One that fails meanwhile is told at once: it will never answer.
boost::asio::awaitable<void> await_ready(RunContext& context, PreparedClone& prepared, std::vector<Starting> services,
                                         TimePoint deadline) {
  const StartConfig& start = context.config.clones.start;
  Seconds span = first_ready_pause;
  CommandResult last;
  for (;;) {
    ExecuteRequest request = root_command(context, start.ready, ExecuteRequest::Role::helper);
    last = co_await run_command(context, *prepared.clone, std::move(request), start.timeout);
    if (last.succeeded()) co_return;
    if (last.clone_gone) throw ContainerError("the clone died while its services started");
    if (context.cancellation.cancelled()) throw PreparationError("stopped while services were starting");
    co_await forget_those_that_returned(context, services);
    if (context.time.now() >= deadline) break;
    co_await pause(context, span);
    span = std::min(span * 2, longest_ready_pause);
  }
  std::string said = quote_tail(last.output);
  for (const Starting& service : services)
    if (!service.output.empty()) said += fmt::format("\n  \"{}\" says:{}", service.command, quote_tail(service.output));
  throw PreparationError(
      fmt::format("services were not ready within {}: \"{}\" says {}{}", format_duration(start.timeout), start.ready,
                  last.describe(), said),
      "raise timeout in [clones.start], or try the commands in a clone: sharder shell");
}

boost::asio::awaitable<PreparedClone> obtain_once(RunContext& context, int worker, std::vector<std::string> layers) {
  CloneRequest request;
  request.worker = worker;
  request.place = context.places[static_cast<std::size_t>(worker)];
  request.layers = std::move(layers);
  PreparedClone prepared;
  prepared.clone = co_await context.pool.obtain(std::move(request));
  co_return prepared;
}

}  // namespace

boost::asio::awaitable<void> pause(RunContext& context, Seconds span) {
  Notifier over(context.executor);
  const std::unique_ptr<Alarm> alarm = context.time.at(after(context.time.now(), span), [&over] { over.notify(); });
  co_await over.wait();
}

bool machine_failed(const Error& error, const Clone& clone) {
  const bool unfit = dynamic_cast<const UnfitError*>(&error) != nullptr;
  return clone.gone() || (!unfit && dynamic_cast<const ContainerError*>(&error) != nullptr);
}

std::string quote_tail(const std::string& output) {
  std::vector<std::string> lines = split_lines(output);
  constexpr std::size_t shown = 15;
  if (lines.size() > shown) lines.erase(lines.begin(), lines.end() - shown);
  std::string quoted;
  for (const std::string& line : lines) quoted += "\n    " + printable(line);
  return quoted;
}

ExecuteRequest root_command(const RunContext& context, const std::string& command, ExecuteRequest::Role role) {
  std::optional<std::vector<std::string>> words = split_command(command);
  if (!words || words->empty())
    throw ConfigError(fmt::format("the command \"{}\" cannot be split into words", command));
  ExecuteRequest request;
  request.role = role;
  request.command = std::move(*words);
  request.directory = context.config.project_directory.string();
  request.environment = flatten(basic_environment(Identity{}, context.environment));
  return request;
}

boost::asio::awaitable<void> start_services(RunContext& context, PreparedClone& prepared) {
  const StartConfig& start = context.config.clones.start;
  const TimePoint deadline = after(context.time.now(), start.timeout);
  std::vector<Starting> services;
  for (const std::string& command : start.commands) {
    const bool last = &command == &start.commands.back();
    const Seconds patience = start.ready.empty() ? start.timeout : last ? Seconds{0.005} : foreground_patience;
    std::optional<Starting> starting = co_await start_service(context, prepared, command, patience);
    if (starting) services.push_back(std::move(*starting));
    if (start.ready.empty() && !prepared.services.empty())
      throw PreparationError(
          fmt::format("the start command \"{}\" did not return within {}", command, format_duration(start.timeout)),
          "if it is meant to stay in the foreground, set `ready` in [clones.start] to a command that succeeds once it "
          "answers");
  }
  if (!start.ready.empty()) co_await await_ready(context, prepared, std::move(services), deadline);
}

boost::asio::awaitable<void> stop_services(RunContext& context, PreparedClone& prepared) {
  const StartConfig& start = context.config.clones.start;
  if (!start.stop.empty()) {
    ExecuteRequest request = root_command(context, start.stop, ExecuteRequest::Role::helper);
    const CommandResult result = co_await run_command(context, *prepared.clone, std::move(request), start.timeout);
    if (!result.succeeded())
      throw PreparationError(fmt::format("the stop command \"{}\" failed: {}{}", start.stop, result.describe(),
                                         quote_tail(result.output)));
  }
  for (const std::unique_ptr<Execution>& service : prepared.services) service->kill(SIGTERM);
}

boost::asio::awaitable<bool> services_answer(RunContext& context, Clone& clone) {
  const StartConfig& start = context.config.clones.start;
  if (start.commands.empty() || start.ready.empty()) co_return true;
  ExecuteRequest request = root_command(context, start.ready, ExecuteRequest::Role::helper);
  try {
    const CommandResult result = co_await run_command(context, clone, std::move(request), start.timeout);
    co_return result.succeeded();
  } catch (const ContainerError&) {
    co_return false;
  }
}

boost::asio::awaitable<void> collect_from(RunContext& context, Clone& clone, int worker) {
  // Any process will do: what counts is what is collected when it has ended.
  ExecuteRequest request = root_command(context, "/.agent glob", ExecuteRequest::Role::helper);
  request.collect = context.config.clones.collect;
  const std::unique_ptr<Execution> execution = co_await clone.execute(std::move(request));
  const std::filesystem::path directory = context.artifacts->next_directory(worker);
  for (;;) {
    std::optional<ExecutionEvent> event = co_await execution->next(never);
    if (!event) continue;
    if (const auto* file = std::get_if<Collected>(&*event)) {
      const std::string trouble = context.artifacts->keep(directory, *file);
      if (!trouble.empty()) context.events.warn(trouble);
    }
    if (std::holds_alternative<Ended>(*event) || std::holds_alternative<CloneGone>(*event)) co_return;
  }
}

boost::asio::awaitable<void> collect_artifacts(RunContext& context, Clone& clone, int worker) {
  if (context.config.clones.collect.empty() || context.artifacts == nullptr) co_return;
  try {
    co_await collect_from(context, clone, worker);
  } catch (const ContainerError& error) {
    context.events.warn(fmt::format("nothing could be collected from clone {}: {}", clone.name(), error.what()));
  }
}

boost::asio::awaitable<PreparedClone> obtain_clone(RunContext& context, int worker, std::vector<std::string> layers) {
  std::string trouble, hint;
  for (int attempt = 1; attempt <= obtain_tries; ++attempt) {
    if (attempt > 1) co_await pause(context, Seconds{0.1});
    try {
      PreparedClone prepared = co_await obtain_once(context, worker, layers);
      co_return prepared;
    } catch (const UnfitError&) {
      throw;
    } catch (const ContainerError& error) {
      context.events.publish(CloneLost{worker, "", error.what()});
      if (!hint.empty()) continue;  // the first that knows a cure says most
      trouble = error.what();
      hint = error.hint();
    }
  }
  throw ContainerError(fmt::format("no clone could be started in {} tries: {}", obtain_tries, trouble),
                       hint.empty() ? "sharder doctor tells what this machine lacks" : hint);
}

/// A clone that dies while its services start costs a new one, not its worker.
boost::asio::awaitable<PreparedClone> obtain_with_services(RunContext& context, int worker,
                                                           std::vector<std::string> layers) {
  for (int attempt = 1;; ++attempt) {
    PreparedClone prepared = co_await obtain_clone(context, worker, layers);
    std::string why;
    try {
      if (context.has_services()) co_await start_services(context, prepared);
      co_return prepared;
    } catch (const Error& error) {
      if (!machine_failed(error, *prepared.clone) || attempt == service_tries || context.cancellation.draining()) throw;
      why = error.what();
    }
    context.events.publish(CloneLost{worker, prepared.clone->name(), why});
  }
}

boost::asio::awaitable<PreparedClone> bring_up(RunContext& context, int worker, std::vector<std::string> layers,
                                               Care care) {
  PreparedClone prepared;
  if (care == Care::thoroughly) {
    prepared = co_await obtain_with_services(context, worker, std::move(layers));
  } else {
    prepared = co_await obtain_once(context, worker, std::move(layers));
    if (context.has_services()) co_await start_services(context, prepared);
  }
  co_return prepared;
}

boost::asio::awaitable<PreparedClone> prepare_clone(RunContext& context, int worker, std::vector<std::string> layers) {
  const TimePoint begun = context.time.now();
  PreparedClone prepared = co_await bring_up(context, worker, std::move(layers), Care::thoroughly);
  context.events.publish(CloneReady{worker, prepared.clone->name(), context.time.now() - begun, false});
  co_return prepared;
}

}  // namespace sharder
