// Events as the lines of a journal.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sharder/report/journal/journal.hpp"

namespace sharder {

inline std::string journal_lines(const std::vector<Event>& events) {
  std::string text;
  std::vector<std::shared_ptr<const Test>> tests;
  for (const Event& event : events) {
    if (const auto* listed = std::get_if<TestListed>(&event.payload)) tests.push_back(listed->test);
    append_journal_line(text, event, tests);
  }
  return text;
}

}  // namespace sharder
