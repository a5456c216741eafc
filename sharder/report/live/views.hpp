// How a run in progress is shown: a live view on a terminal, plain lines elsewhere, or nothing.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "sharder/model/event.hpp"
#include "sharder/report/live/progress_lines.hpp"

namespace sharder {

class ProgressView {
 public:
  virtual ~ProgressView() = default;
  virtual void consume(const Event& event) = 0;
  /// `elapsed` on the clock of Event::elapsed.
  virtual void tick(Seconds elapsed) = 0;
  /// Leaves the terminal as it was found.
  virtual void finish() = 0;
};

using Write = std::function<void(std::string_view)>;

/// Lines for logs and pipes. A suite of at most 500 tests gets a line for every test; a larger one only for
/// those that did not simply pass, and a line of progress at every twentieth part (unless `choice_is_fixed`).
/// After 15 seconds of silence a line names what runs, so that nobody who watches for output takes the run
/// for dead.
std::unique_ptr<ProgressView> make_lines_view(Write write, Palette palette, ProgressLines::Settings settings,
                                              bool choice_is_fixed);

/// A bar, counts and up to eight running tests, redrawn in place at most ten times a second; what failed
/// scrolls above it. `columns` is asked at every frame.
std::unique_ptr<ProgressView> make_bar_view(Write write, Palette palette, ProgressLines::Settings settings,
                                            std::function<int()> columns);

}  // namespace sharder
