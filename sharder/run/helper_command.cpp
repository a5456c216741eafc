#include "sharder/run/helper_command.hpp"

#include <fmt/format.h>
#include <string.h>

#include <csignal>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

// A listing of a million long ids fits; a command that prints without end does not fill our memory.
constexpr std::size_t output_limit = std::size_t{256} << 20;

void append(std::string& kept, const std::string& bytes) {
  if (kept.size() < output_limit) kept.append(bytes, 0, output_limit - kept.size());
}

}  // namespace

std::string describe(const Termination& termination) {
  switch (termination.kind) {
    case Termination::Kind::exited:
      return fmt::format("exit status {}", termination.code);
    case Termination::Kind::signalled: {
      const char* name = ::sigabbrev_np(termination.code);
      return name == nullptr ? fmt::format("signal {}", termination.code) : fmt::format("SIG{}", name);
    }
    case Termination::Kind::not_started:
      break;
  }
  return termination.message;
}

std::string CommandResult::describe() const {
  if (clone_gone) return "its clone died";
  if (timed_out) return "it did not end in time";
  return sharder::describe(termination);
}

boost::asio::awaitable<CommandResult> wait_for(RunContext& context, Execution& execution, Seconds timeout) {
  CommandResult result;
  TimePoint deadline = after(context.time.now(), timeout);
  const Cancellation::Tracked tracked(context.cancellation, execution);
  for (;;) {
    std::optional<ExecutionEvent> event = co_await execution.next(deadline);
    if (!event) {
      result.timed_out = true;
      execution.kill(SIGKILL);
      deadline = never;
    } else if (auto* output = std::get_if<OutputBytes>(&*event)) {
      append(output->error_stream ? result.error_output : result.output, output->bytes);
    } else if (auto* bytes = std::get_if<ResultBytes>(&*event)) {
      append(result.result, bytes->bytes);
    } else if (auto* ended = std::get_if<Ended>(&*event)) {
      result.termination = ended->termination;
      co_return result;
    } else if (auto* gone = std::get_if<CloneGone>(&*event)) {
      result.clone_gone = true;
      result.error_output += gone->reason;
      co_return result;
    }
  }
}

boost::asio::awaitable<CommandResult> run_command(RunContext& context, Clone& clone, ExecuteRequest request,
                                                  Seconds timeout) {
  const std::unique_ptr<Execution> execution = co_await clone.execute(std::move(request));
  CommandResult result = co_await wait_for(context, *execution, timeout);
  co_return result;
}

}  // namespace sharder
