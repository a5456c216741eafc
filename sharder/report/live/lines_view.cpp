#include <fmt/format.h>

#include <algorithm>

#include "sharder/report/live/views.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr std::size_t small_suite = 500;
constexpr Seconds longest_silence{15};  // Chromium's figure; buildbot kills a silent step after 20 minutes
constexpr std::size_t parts = 20;

class LinesView : public ProgressView {
 public:
  LinesView(Write write, Palette palette, ProgressLines::Settings settings, bool choice_is_fixed)
      : write_(std::move(write)), lines_(progress_, palette, settings), choice_is_fixed_(choice_is_fixed) {}

  void consume(const Event& event) override {
    if (std::holds_alternative<AttemptStarted>(event.payload) && !choice_is_fixed_) choose();
    const std::vector<std::string> lines = lines_.lines(event);
    progress_.apply(event);
    put(lines, event.elapsed);
    if (std::holds_alternative<TestFinished>(event.payload)) tell_part(event.elapsed);
  }

  void tick(Seconds elapsed) override {
    put(lines_.tick(elapsed), elapsed);
    if (elapsed - last_put_ >= longest_silence) put({heartbeat(elapsed)}, elapsed);
  }

  void finish() override { put(lines_.tick(last_put_), last_put_); }

 private:
  void choose() {
    abbreviated_ = progress_.total() > small_suite;
    lines_.choose(abbreviated_ ? ProgressLines::Choice::what_matters : ProgressLines::Choice::everything);
    choice_is_fixed_ = true;
  }

  void put(const std::vector<std::string>& lines, Seconds elapsed) {
    if (lines.empty()) return;
    last_put_ = elapsed;
    write_(join(lines, "\n") + "\n");
  }

  void tell_part(Seconds elapsed) {
    const std::size_t part = progress_.done() * parts / std::max<std::size_t>(1, progress_.total());
    if (!abbreviated_ || part == told_part_) return;
    told_part_ = part;
    put({state(elapsed)}, elapsed);
  }

  std::string state(Seconds elapsed) const {
    const Counts& counts = progress_.counts();
    std::string text = fmt::format("[{}/{}] {} passed, {} failed, {} flaky, {} skipped after {}",
                                   progress_.done(), progress_.total(), counts.passed, counts.failed,
                                   counts.flaky, counts.skipped, clock_time(elapsed));
    if (const Seconds left = progress_.time_left(elapsed); left > Seconds(1))
      text += fmt::format(", about {} left", clock_time(left));
    return text;
  }

  std::string heartbeat(Seconds elapsed) const {
    constexpr std::size_t most_named = 4;
    const std::vector<Progress::Running>& running = progress_.running();
    if (running.empty()) return fmt::format("still {} after {}", progress_.phase(), clock_time(elapsed));
    std::string text = state(elapsed) + "; running: ";
    for (std::size_t i = 0; i < std::min(running.size(), most_named); ++i)
      text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", one_line(progress_.id(running[i].test)),
                          format_duration(elapsed - running[i].since));
    if (running.size() > most_named) text += fmt::format(" and {} more", running.size() - most_named);
    return text;
  }

  Write write_;
  Progress progress_;
  ProgressLines lines_;
  bool choice_is_fixed_;
  bool abbreviated_ = false;
  std::size_t told_part_ = 0;
  Seconds last_put_{0};
};

}  // namespace

std::unique_ptr<ProgressView> make_lines_view(Write write, Palette palette, ProgressLines::Settings settings,
                                              bool choice_is_fixed) {
  return std::make_unique<LinesView>(std::move(write), palette, settings, choice_is_fixed);
}

}  // namespace sharder
