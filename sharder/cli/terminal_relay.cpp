#include "sharder/cli/terminal_relay.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>

#include "sharder/run/exit_status.hpp"
#include "sharder/run/helper_command.hpp"

namespace sharder {
namespace {

constexpr auto as_tuple_awaitable = boost::asio::as_tuple(boost::asio::use_awaitable);

/// Reads standard input until it ends or the descriptor is closed. Regular files cannot be waited for: they are read
/// at once.
boost::asio::awaitable<void> forward_input(std::shared_ptr<boost::asio::posix::stream_descriptor> input,
                                           std::shared_ptr<Execution*> execution) {
  std::array<char, 4096> buffer;
  for (;;) {
    const auto [error, count] = co_await input->async_read_some(boost::asio::buffer(buffer), as_tuple_awaitable);
    if (*execution == nullptr) co_return;
    if (error) {
      (*execution)->close_input();
      co_return;
    }
    (*execution)->write(std::string(buffer.data(), count));
  }
}

void forward_file(Execution& execution) {
  std::array<char, 65536> buffer;
  for (ssize_t count; (count = ::read(STDIN_FILENO, buffer.data(), buffer.size())) > 0;)
    execution.write(std::string(buffer.data(), static_cast<std::size_t>(count)));
  execution.close_input();
}

}  // namespace

RawTerminal::RawTerminal() {
  if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
  termios raw = before_;
  ::cfmakeraw(&raw);
  active_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

RawTerminal::~RawTerminal() {
  if (active_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

TerminalSize terminal_size() {
  winsize size{};
  if (::ioctl(STDIN_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return {};
  return {size.ws_row, size.ws_col};
}

boost::asio::awaitable<int> relay(RunContext& context, Execution& execution) {
  // The input outlives this coroutine by one read at most; it then finds that there is nobody to write to.
  const auto target = std::make_shared<Execution*>(&execution);
  const auto input = std::make_shared<boost::asio::posix::stream_descriptor>(context.executor);
  boost::system::error_code unwatchable;
  const int copy = ::dup(STDIN_FILENO);
  input->assign(copy, unwatchable);
  if (unwatchable) {
    ::close(copy);
    forward_file(execution);
  } else {
    boost::asio::co_spawn(context.executor, forward_input(input, target), boost::asio::detached);
  }
  const Cancellation::Tracked tracked(context.cancellation, execution);
  for (;;) {
    std::optional<ExecutionEvent> event = co_await execution.next(never);
    if (!event) continue;
    if (const auto* output = std::get_if<OutputBytes>(&*event)) {
      std::fwrite(output->bytes.data(), 1, output->bytes.size(), output->error_stream ? stderr : stdout);
      std::fflush(output->error_stream ? stderr : stdout);
      continue;
    }
    const auto* ended = std::get_if<Ended>(&*event);
    const auto* gone = std::get_if<CloneGone>(&*event);
    if (ended == nullptr && gone == nullptr) continue;
    *target = nullptr;
    input->close();
    if (gone != nullptr) throw ContainerError("the clone died: " + gone->reason);
    const Termination& termination = ended->termination;
    if (termination.kind == Termination::Kind::not_started) throw ContainerError(termination.message);
    if (termination.kind == Termination::Kind::exited) co_return termination.code;
    co_return exit_status::signal_base + termination.code;
  }
}

}  // namespace sharder
