#include <fmt/format.h>

#include <algorithm>

#include "sharder/report/live/views.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr Seconds between_frames{0.095};  // ten a second, with room for a tick that comes a little early
constexpr std::size_t most_running = 8;
constexpr int bar_columns = 24;

class BarView : public ProgressView {
 public:
  BarView(Write write, Palette palette, ProgressLines::Settings settings, std::function<int()> columns)
      : write_(std::move(write)),
        palette_(palette),
        lines_(progress_, palette, settings),
        columns_(std::move(columns)) {}

  void consume(const Event& event) override {
    for (std::string& line : lines_.lines(event)) kept_.push_back(std::move(line));
    progress_.apply(event);
  }

  void tick(Seconds elapsed) override {
    if (drawn_ && elapsed - last_frame_ < between_frames) return;
    last_frame_ = elapsed;
    for (std::string& line : lines_.tick(elapsed)) kept_.push_back(std::move(line));
    draw(frame(elapsed, width()));
  }

  void finish() override {
    for (std::string& line : lines_.tick(last_frame_)) kept_.push_back(std::move(line));
    if (!drawn_ && kept_.empty()) return;
    draw({});
    write_("\x1b[?25h");
    drawn_ = false;
  }

 private:
  int width() const { return std::max(20, columns_()); }

  /// Goes back to the first line of the last frame, writes what is to be kept, then the new frame; each line
  /// is cleared only behind its new text and everything goes out in one write, so nothing flickers.
  void draw(const std::vector<std::string>& frame) {
    std::string out = drawn_ ? "" : "\x1b[?25l";
    if (const int up = rows_of_last_frame(); up > 0) out += fmt::format("\x1b[{}A", up);
    out += '\r';
    for (const std::string& line : kept_) out += line + "\x1b[K\n";
    kept_.clear();
    for (const std::string& line : frame) out += line + "\x1b[K\n";
    out += "\x1b[J";
    frame_columns_.clear();
    for (const std::string& line : frame) frame_columns_.push_back(plain_columns(line));
    drawn_ = true;
    write_(out);
  }

  /// The terminal may have become narrower since, and have broken lines that fitted when they were drawn.
  int rows_of_last_frame() const {
    int rows = 0;
    for (const int columns : frame_columns_) rows += std::max(1, (columns + width() - 1) / width());
    return rows;
  }

  static int plain_columns(const std::string& line) {
    std::string plain;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\x1b')
        i = std::min(line.find('m', i), line.size());
      else
        plain += line[i];
    }
    return display_columns(plain);
  }

  std::vector<std::string> frame(Seconds elapsed, int width) const {
    std::vector<std::string> lines{head(elapsed, width)};
    const std::vector<Progress::Running>& running = progress_.running();
    for (std::size_t i = 0; i < std::min(running.size(), most_running); ++i)
      lines.push_back(running_line(running[i], elapsed, width));
    if (running.size() > most_running)
      lines.push_back(
          cut_to_columns(fmt::format("{:>13}and {} more", "", running.size() - most_running), width - 1));
    return lines;
  }

  std::string running_line(const Progress::Running& running, Seconds elapsed, int width) const {
    constexpr int readable = 12;
    const std::string age = fmt::format("{:>11}  ", format_duration(elapsed - running.since));
    std::string again = running.attempt > 1 ? fmt::format(" (attempt {})", running.attempt) : "";
    if (width - 1 - display_columns(age) - display_columns(again) < readable) again.clear();
    const int room = width - 1 - display_columns(age) - display_columns(again);
    const std::string id =
        cut_front_to_columns(one_line(progress_.id(running.test), 2000), std::max(room, 0));
    return palette_.paint(Colour::grey, age) + id + again;
  }

  std::string head(Seconds elapsed, int width) const {
    const std::string time = time_text(elapsed);
    if (progress_.total() == 0 || (progress_.done() == 0 && progress_.running().empty()))
      return cut_to_columns(fmt::format("{} {}", progress_.phase(), time), width - 1);
    const std::string counts = counts_text();
    const std::string numbers = fmt::format("{}/{}", progress_.done(), progress_.total());
    const std::string text = fmt::format("{}  {}  {}", numbers, counts, time);
    const int used = plain_columns(text);
    // What does not fit is left out, the bar first.
    if (used + bar_columns + 3 < width) return bar() + " " + text;
    if (used < width) return text;
    return cut_to_columns(fmt::format("{} {}", numbers, time), width - 1);
  }

  std::string bar() const {
    const auto filled = static_cast<std::size_t>(bar_columns) * progress_.done() / progress_.total();
    const bool bad = progress_.counts().failed > 0;
    const std::string blank(static_cast<std::size_t>(bar_columns) - filled, ' ');
    return "[" + palette_.paint(bad ? Colour::red : Colour::green, std::string(filled, '=')) + blank + "]";
  }

  std::string counts_text() const {
    const Counts& counts = progress_.counts();
    std::string text = fmt::format("{} passed", counts.passed);
    const auto add = [&](int count, std::string_view word, Colour colour) {
      if (count > 0) text += ", " + palette_.paint(colour, fmt::format("{} {}", count, word));
    };
    add(counts.failed, "failed", Colour::red);
    add(counts.flaky, "flaky", Colour::yellow);
    add(counts.skipped, "skipped", Colour::blue);
    add(counts.lost, "lost", Colour::yellow);
    add(counts.not_run, "not run", Colour::yellow);
    return text;
  }

  std::string time_text(Seconds elapsed) const {
    const Seconds left = progress_.time_left(elapsed);
    if (left <= Seconds(1)) return clock_time(elapsed);
    return fmt::format("{}, about {} left", clock_time(elapsed), clock_time(left));
  }

  Write write_;
  Palette palette_;
  Progress progress_;
  ProgressLines lines_;
  std::function<int()> columns_;
  std::vector<std::string> kept_;   // waiting for the next frame
  std::vector<int> frame_columns_;  // of the lines of the last frame
  bool drawn_ = false;
  Seconds last_frame_{0};
};

}  // namespace

std::unique_ptr<ProgressView> make_bar_view(Write write, Palette palette, ProgressLines::Settings settings,
                                            std::function<int()> columns) {
  return std::make_unique<BarView>(std::move(write), palette, settings, std::move(columns));
}

}  // namespace sharder
