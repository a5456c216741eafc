// Everything that a run tells while it lasts and leaves when it ends: the journal, logs, the live view, the
// summary and the files of results. One consumer of the stream that owns the others.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sharder/model/event.hpp"

namespace sharder {

struct ReportSettings {
  std::filesystem::path directory;  // of the run; exists
  /// Copies elsewhere: ("junit" | "ctrf" | "subunit" | "subunit1", path or "-" for standard output).
  std::vector<std::pair<std::string, std::string>> copies;
  bool standard_output_taken = false;  // by something else than the copies
  std::string progress = "auto";            // auto bar lines none
  std::string output_on_failure = "final";  // immediate final never
  std::string color = "auto";               // auto always never
  bool no_color = false;                    // NO_COLOR is set and not empty
  bool error_is_terminal = false;
  bool output_is_terminal = false;
  Seconds slow{60};
  /// Columns of the terminal; asked at every frame, so a resize needs no signal.
  std::function<int()> terminal_columns = [] { return 80; };
  /// Standard error (progress) and standard output (results). They deliver everything or give up by
  /// themselves.
  std::function<void(std::string_view)> write_error;
  std::function<void(std::string_view)> write_output;
};

class Reports : public EventConsumer {
 public:
  /// Redraws, tells what is slow, breaks a long silence. Called about ten times a second; `elapsed` is on the
  /// same clock as Event::elapsed.
  virtual void tick(Seconds elapsed) = 0;
  /// An event of an earlier part of the run: its journal line and its log are there already.
  virtual void recall(const Event& event) = 0;
  // finish() writes the reports and prints the summary.
};

std::unique_ptr<Reports> make_reports(ReportSettings settings);

/// Settings whose functions use descriptors 1 and 2 of this process and know whether they are terminals.
ReportSettings settings_for_this_terminal();

}  // namespace sharder
