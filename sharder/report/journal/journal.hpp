// The stream of events on disk, one JSON object a line, append-only: what reports, resume and merge read.
// Output is not in it (logs/ has that); everything else is.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sharder/model/event.hpp"
#include "sharder/report/sink.hpp"

namespace sharder {

class Journal : public EventConsumer {
 public:
  /// Goes on at the end of an existing file; a last line that was torn by a kill is cut off first.
  /// Throws SystemError when the file cannot be opened.
  explicit Journal(const std::filesystem::path& path);
  void consume(const Event& event) override;
  /// A test that the file lists already.
  void recall(const TestListed& listed) { tests_.push_back(listed.test); }
  /// Writes what is held back.
  void flush();
  std::string finish() override;

 private:
  FileSink sink_;
  std::string buffer_;
  Seconds oldest_{0};  // when the first event of the buffer happened
  std::vector<std::shared_ptr<const Test>> tests_;
};

/// Appends the event's line, or nothing for events that are not kept. `tests` has every test listed so far.
void append_journal_line(std::string& out, const Event& event,
                         const std::vector<std::shared_ptr<const Test>>& tests);

}  // namespace sharder
