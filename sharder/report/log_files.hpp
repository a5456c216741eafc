// One file under logs/ for every attempt that said anything, with its bounded output as it was written.
// Passing attempts too: "what did it print when it was well?" is the first question about a flaky test.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sharder/model/event.hpp"
#include "sharder/support/unique_fd.hpp"

namespace sharder {

/// "logs/net.client.reconnects-1a2b3c4d.attempt2.log": short, safe in every file system, distinct for every
/// test and attempt. A pure function, so the journal can name a file that somebody else writes.
std::string log_path(std::string_view test_id, int attempt);

/// Whether an attempt has a log at all.
inline bool has_log(const AttemptRecord& record) {
  return !record.output.empty() || !record.details.empty();
}

class LogFiles : public EventConsumer {
 public:
  /// Makes DIRECTORY/logs. Throws SystemError.
  explicit LogFiles(std::filesystem::path directory);
  void consume(const Event& event) override;
  void recall(const TestListed& listed) { tests_.push_back(listed.test); }
  std::string finish() override;

 private:
  void write(const AttemptRecord& record);

  std::filesystem::path directory_;
  UniqueFd directory_fd_;
  std::vector<std::shared_ptr<const Test>> tests_;
  std::string trouble_;
};

}  // namespace sharder
