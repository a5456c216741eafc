// The lines of a run in progress that are worth keeping on the screen. Shared by the live view and the plain
// lines, which decide where they go.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sharder/model/event.hpp"
#include "sharder/report/live/progress.hpp"
#include "sharder/report/terminal_text.hpp"

namespace sharder {

/// Turns events into lines to be kept, in the style "[ 12/340] PASS    id (0.4 s)".
class ProgressLines {
 public:
  enum class Choice {
    everything,
    what_matters  // not the tests that passed or were skipped
  };
  struct Settings {
    Choice choice = Choice::everything;
    bool show_output = false;  // of failing attempts, at once
    Seconds slow{60};
  };
  ProgressLines(const Progress& progress, Palette palette, Settings settings)
      : progress_(progress), palette_(palette), settings_(settings) {}

  void choose(Choice choice) { settings_.choice = choice; }
  /// The lines that this event is worth, before `progress` has applied it.
  std::vector<std::string> lines(const Event& event);
  /// Tests that have become slow, and what was held back.
  std::vector<std::string> tick(Seconds elapsed);

 private:
  struct Tell;
  std::string line(const std::string& counter, ShoutedWord word, const std::string& text) const;
  std::string counter() const;
  void tell_attempt(const AttemptRecord& record, std::vector<std::string>& lines);
  void tell_verdict(const TestFinished& finished, std::vector<std::string>& lines) const;

  const Progress& progress_;
  Palette palette_;
  Settings settings_;
  /// A failed attempt's line waits a moment: where the verdict follows at once it would say the same twice.
  std::vector<std::string> held_back_;
  TestIndex held_back_test_ = 0;
  std::map<TestIndex, Seconds> told_slow_at_;  // the age at which a running test is called slow next
};

}  // namespace sharder
