// The loop of sharder-mirror: lines of a journal come in from sharder, go out to a broker, and word of what arrived
// goes back. Reads no more than the broker takes, so that what has to wait waits in sharder, within its bound.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "sharder/mirror/broker.hpp"
#include "sharder/mirror/messages.hpp"

namespace sharder::mirror {

class Publisher {
 public:
  /// `socket` speaks with sharder; the settings are its first line. Throws Error.
  explicit Publisher(int socket);
  /// Until everything has been told, or sharder is gone. Whether the run was told to its end.
  bool run();

 private:
  using Clock = std::chrono::steady_clock;

  Settings read_settings();
  void meet_run();
  void receive();
  std::optional<std::string> next_line();
  bool is_up() const { return broker_->state() == Broker::State::up; }
  bool wants_input() const;
  void connect_if_due();
  void wait_and_attend();
  void note_state();
  void publish_lines();
  bool tell(const std::string& line);
  void tell_of_deliveries();
  bool is_over() const;

  int socket_;
  std::string received_;  // not yet taken apart
  std::optional<Clock::time_point> input_ended_;
  Settings settings_;
  Translator translator_;
  std::optional<Message> first_;  // run.started, which says who is to be connected
  std::unique_ptr<Broker> broker_;
  Broker::State seen_ = Broker::State::down;  // as far as something has come of it
  bool told_unreached_ = false;
  Clock::time_point next_try_{}, connecting_since_{};
  std::chrono::seconds pause_{};
  std::uint64_t told_delivered_ = 0;
};

}  // namespace sharder::mirror
