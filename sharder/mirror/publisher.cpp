#include "sharder/mirror/publisher.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>

#include "sharder/support/errors.hpp"

namespace sharder::mirror {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t most_received = 64 * 1024;
/// How long an accepted connection may stay without an answer.
constexpr seconds answer_limit{5};
constexpr seconds longest_pause{16};
/// What is on its way when sharder dies may arrive; nothing outlives a killed run by a second.
constexpr milliseconds patience_when_killed{500};
/// sharder waits for two seconds at the end of a run.
constexpr milliseconds patience_at_end{3000};

volatile std::sig_atomic_t may_block = 0;

/// sharder is gone. Whoever looks a name up or waits for a connection would not see the end of his input; there is
/// nothing that he could still deliver.
void leave_where_blocked(int) {
  if (may_block != 0) ::_exit(EXIT_FAILURE);
}

void set_handler(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;  // without SA_RESTART: what blocks is interrupted
  ::sigaction(signal, &action, nullptr);
}

void prepare_signals() {
  set_handler(SIGALRM, [](int) {});
  set_handler(SIGUSR1, leave_where_blocked);
  ::prctl(PR_SET_PDEATHSIG, SIGUSR1);
  // The end of the run is told by its events, and a kill by the end of the input.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) std::signal(signal, SIG_IGN);
}

}  // namespace

Publisher::Publisher(int socket) : socket_(socket), settings_(read_settings()), translator_(settings_.prefix) {}

/// The first line, which is there at once.
Settings Publisher::read_settings() {
  prepare_signals();
  while (received_.find('\n') == std::string::npos && !input_ended_) {
    pollfd ready{socket_, POLLIN, 0};
    ::poll(&ready, 1, -1);
    receive();
  }
  const std::optional<Settings> settings = parse_settings(next_line().value_or(""));
  if (!settings) throw Error("sharder-mirror is started by sharder");
  return *settings;
}

void Publisher::receive() {
  char bytes[16 * 1024];
  const ssize_t count = ::recv(socket_, bytes, sizeof bytes, MSG_DONTWAIT);
  if (count > 0) received_.append(bytes, static_cast<std::size_t>(count));
  else if (count == 0 || (errno != EAGAIN && errno != EINTR)) input_ended_ = Clock::now();
}

std::optional<std::string> Publisher::next_line() {
  const std::size_t end = received_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = received_.substr(0, end);
  received_.erase(0, end + 1);
  return line;
}

bool Publisher::run() {
  do {
    if (!broker_) meet_run();
    if (broker_) connect_if_due();
    wait_and_attend();
    if (!broker_) continue;
    note_state();
    publish_lines();
    tell_of_deliveries();
  } while (!is_over());
  const bool told = broker_ && translator_.finished() && broker_->unanswered() == 0 && is_up();
  if (told) broker_->disconnect();
  return told;
}

/// The first event says whose will it is.
void Publisher::meet_run() {
  while (const std::optional<std::string> line = next_line()) {
    first_ = translator_.translate(*line);
    if (!first_) continue;
    broker_ = std::make_unique<Broker>(settings_, "sharder-" + translator_.run_id(), translator_.last_will());
    return;
  }
}

void Publisher::connect_if_due() {
  if (broker_->state() != Broker::State::down || Clock::now() < next_try_) return;
  seen_ = Broker::State::connecting;
  may_block = 1;
  broker_->connect();
  may_block = 0;
  connecting_since_ = Clock::now();
  note_state();
}

bool Publisher::wants_input() const {
  return !input_ended_ && received_.size() < most_received && (!broker_ || is_up());
}

void Publisher::wait_and_attend() {
  pollfd ready[2] = {{input_ended_ ? -1 : socket_, static_cast<short>(wants_input() ? POLLIN : 0), 0}, {-1, POLLIN, 0}};
  if (broker_) {
    ready[1].fd = broker_->socket();
    if (broker_->wants_to_write()) ready[1].events |= POLLOUT;
  }
  const milliseconds most = input_ended_ ? milliseconds(50) : milliseconds(500);
  if (::poll(ready, 2, static_cast<int>(most.count())) < 0) return;
  if ((ready[0].revents & POLLIN) != 0) receive();
  // Nobody is there any more: what he said last is still to be had, for a broker that takes it.
  if ((ready[0].revents & POLLHUP) != 0)
    while (!input_ended_) receive();
  if (broker_ && broker_->state() != Broker::State::down)
    broker_->attend((ready[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0, (ready[1].revents & POLLOUT) != 0);
}

void Publisher::note_state() {
  const auto now = Clock::now();
  if (broker_->state() == Broker::State::connecting && now - connecting_since_ > answer_limit)
    broker_->give_up("it accepts connections, but does not answer");
  if (broker_->state() == seen_) return;
  seen_ = broker_->state();
  if (seen_ == Broker::State::up) {
    pause_ = seconds(0);
    if (std::exchange(told_unreached_, false)) tell(R"({"reached":true})");
    broker_->publish(translator_.state());
  } else if (seen_ == Broker::State::down) {
    pause_ = std::clamp(pause_ * 2, seconds(1), longest_pause);
    next_try_ = now + pause_;
    if (!std::exchange(told_unreached_, true)) tell(nlohmann::json{{"reached", false}, {"why", broker_->why()}}.dump());
  }
}

void Publisher::publish_lines() {
  while (is_up() && broker_->unanswered() < Broker::most_unanswered) {
    if (first_) {
      broker_->publish(*std::exchange(first_, std::nullopt));
      continue;
    }
    const std::optional<std::string> line = next_line();
    if (!line) return;
    const std::optional<Message> message = translator_.translate(*line);
    if (message) broker_->publish(*message);
    if (translator_.finished()) return broker_->publish(translator_.state());
  }
}

/// False where sharder has no ear now: it looks ten times a second.
bool Publisher::tell(const std::string& line) {
  const std::string whole = line + "\n";
  return ::send(socket_, whole.data(), whole.size(), MSG_DONTWAIT | MSG_NOSIGNAL) == static_cast<ssize_t>(whole.size());
}

void Publisher::tell_of_deliveries() {
  const std::uint64_t delivered = broker_->delivered();
  if (delivered == told_delivered_) return;
  if (tell(nlohmann::json{{"delivered", delivered}}.dump())) told_delivered_ = delivered;
}

bool Publisher::is_over() const {
  const bool nothing_left = broker_ && is_up() && broker_->unanswered() == 0 && received_.empty() && !first_;
  if (nothing_left && translator_.finished()) return true;
  if (!input_ended_) return false;
  if (!translator_.finished() && (nothing_left || !broker_ || !is_up())) return true;
  return Clock::now() - *input_ended_ > (translator_.finished() ? patience_at_end : patience_when_killed);
}

}  // namespace sharder::mirror
