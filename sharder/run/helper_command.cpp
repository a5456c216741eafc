#include "sharder/run/helper_command.hpp"

#include <fmt/format.h>
#include <string.h>

#include <csignal>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

// People read its last lines.
constexpr std::size_t error_output_limit = 1 << 20;

void append(std::string& kept, const std::string& bytes, bool& cut) {
  const std::size_t room = CommandResult::most_output_bytes - kept.size();
  cut = cut || bytes.size() > room;
  kept.append(bytes, 0, room);
}

void append_end(std::string& kept, const std::string& bytes) {
  kept += bytes;
  // Not byte by byte: moving the rest costs as much as it is long.
  if (kept.size() > 2 * error_output_limit) kept.erase(0, kept.size() - error_output_limit);
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
      if (output->error_stream) append_end(result.error_output, output->bytes);
      else append(result.output, output->bytes, result.cut);
    } else if (auto* bytes = std::get_if<ResultBytes>(&*event)) {
      append(result.result, bytes->bytes, result.cut);
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
