// A mosquitto of a test's own, on a free port of the loopback device, and somebody who listens to it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/end-to-end/program.hpp"

namespace sharder::end_to_end {

class MessageBroker {
 public:
  /// Lines of mosquitto.conf beside the listener's; these may speak of files.
  struct Settings {
    std::string configuration = "allow_anonymous true\n";
    std::vector<std::string> client_words;  // for mosquitto_sub and mosquitto_pub: user, certificates
  };
  /// Chooses the port; nothing listens there before start(). `scratch` is a directory of the test's.
  MessageBroker(std::filesystem::path scratch, Settings settings);

  /// Until it takes connections. The test fails where it does not.
  void start();
  void kill();
  /// SIGSTOP and SIGCONT: what hangs takes connections and says nothing.
  void signal(int number) const { program_->signal(number); }

  int port() const { return port_; }
  /// "mqtt://127.0.0.1:PORT/ci".
  std::string url(const std::string& scheme = "mqtt", const std::string& host = "127.0.0.1") const;

  /// Writes "> TOPIC RETAINED PAYLOAD" for every message from now on, and for those that are retained.
  std::unique_ptr<Program> listen(const std::filesystem::path& scratch) const;

 private:
  std::filesystem::path scratch_;
  Settings settings_;
  int port_ = 0;
  std::unique_ptr<Program> program_;
};

struct Received {
  std::string topic, payload;
  bool retained = false;
};

/// What a listener wrote.
std::vector<Received> messages_in(const std::string& output);

}  // namespace sharder::end_to_end
