// The mirror's lines to a broker of MQTT: they go to sharder-mirror, a process of its own, so that neither a name
// server nor a broker nor the library that speaks to it can hold up the run (docs/design/0013-events.md).
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "sharder/report/mirror/mirror.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder {

class BrokerDestination : public MirrorDestination {
 public:
  /// Starts `program` and gives it `settings`, a line of JSON (mirror/settings.hpp) that is seen by nobody else. Throws
  /// SystemError where it cannot be started.
  BrokerDestination(std::string name, const std::filesystem::path& program, const std::string& settings);
  /// Ends the process: what it could not deliver by now is not delivered.
  ~BrokerDestination() override;
  BrokerDestination(const BrokerDestination&) = delete;
  BrokerDestination& operator=(const BrokerDestination&) = delete;

  const std::string& name() const override { return name_; }
  std::size_t take(std::string_view bytes) override;
  std::vector<Notice> news() override;
  void close() override;
  bool wait(std::chrono::milliseconds most) override;
  std::uint64_t arrived(std::uint64_t) const override { return delivered_; }

 private:
  void hear();
  void hear_line(const std::string& line);
  void lose_process();

  std::string name_;
  UniqueFd socket_;  // none: the process has ended
  pid_t pid_ = -1;
  bool closed_ = false, reached_ = true;  // whether there is a connection, or hope for one
  std::uint64_t delivered_ = 0;
  std::string heard_;
  std::vector<Notice> news_;
};

}  // namespace sharder
