// A connection to a broker, by libmosquitto, which is included nowhere else. Connecting may wait; nothing else does.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "sharder/mirror/messages.hpp"
#include "sharder/mirror/settings.hpp"

struct mosquitto;

namespace sharder::mirror {

class Broker {
 public:
  /// Messages on their way at once: enough for a broker that is far away.
  static constexpr unsigned most_unanswered = 200;

  /// Throws Error where files for TLS are of no use.
  Broker(const Settings& settings, const std::string& client_id, const Message& last_will);
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  enum class State { down, connecting, up };
  State state() const { return state_; }
  /// Why it is down, for people.
  const std::string& why() const { return why_; }

  /// Looks the host up and connects; up to five seconds for each of its addresses. The broker has not answered yet when
  /// this returns.
  void connect();
  /// Does what poll() said that socket() is ready for; to be called every second, too.
  void attend(bool readable, bool writable);
  int socket() const;
  bool wants_to_write() const;
  /// Gives the connection up; the broker tells the last will.
  void give_up(const std::string& why);
  /// Takes leave of the broker, which then forgets the last will.
  void disconnect();

  /// At least once each, in this order. What has not arrived is sent again after the next connect().
  void publish(const Message& message);
  std::size_t unanswered() const { return unanswered_.size(); }
  /// Since the beginning, without retained ones: how many events have arrived.
  std::uint64_t delivered() const { return delivered_; }

 private:
  void prepare_tls(const Settings& settings);
  void lose(int error);
  static void on_connect(mosquitto*, void* self, int answer);
  static void on_publish(mosquitto*, void* self, int id);

  std::string host_;
  std::uint16_t port_;
  std::unique_ptr<mosquitto, void (*)(mosquitto*)> client_;
  State state_ = State::down;
  bool tried_ = false;
  std::string why_, refusal_;
  std::set<int> unanswered_, retained_;  // ids of messages
  std::uint64_t delivered_ = 0;
};

}  // namespace sharder::mirror
