// What a run comes to, in words: what failed and how to see it again, what is flaky, what is missing, and
// what it cost. Written for somebody who sees sharder for the first time.
#pragma once

#include <string>

#include "sharder/report/run_record.hpp"
#include "sharder/report/terminal_text.hpp"

namespace sharder {

struct SummarySettings {
  Palette palette{false};
  bool show_output = true;  // of failing tests
  std::string directory;    // of the run, as a person would type it
  Seconds slow{60};
};

/// Ends with a newline.
std::string summarise(const RunRecord& record, const SummarySettings& settings);

}  // namespace sharder
