#include "sharder/report/reports.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <poll.h>
#include <cerrno>
#include <cstdlib>

#include "sharder/report/journal/journal.hpp"
#include "sharder/report/log_files.hpp"
#include "sharder/report/formats/result_files.hpp"
#include "sharder/report/run_record.hpp"
#include "sharder/report/summary.hpp"
#include "sharder/report/live/views.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

bool colourful(const ReportSettings& settings, bool is_terminal) {
  if (settings.color == "always") return true;
  return settings.color == "auto" && is_terminal && !settings.no_color;
}

std::unique_ptr<ProgressView> make_view(const ReportSettings& settings) {
  const Palette palette(colourful(settings, settings.error_is_terminal));
  ProgressLines::Settings lines;
  lines.slow = settings.slow;
  lines.show_output = settings.output_on_failure == "immediate";
  if (settings.progress == "none") return nullptr;
  if (settings.progress == "bar" || (settings.progress == "auto" && settings.error_is_terminal)) {
    lines.choice = ProgressLines::Choice::what_matters;
    return make_bar_view(settings.write_error, palette, lines, settings.terminal_columns);
  }
  return make_lines_view(settings.write_error, palette, lines, settings.progress == "lines");
}

/// How a person in the working directory would name the run's directory.
std::string shown_path(const std::filesystem::path& directory) {
  std::error_code error;
  const std::filesystem::path relative = std::filesystem::relative(directory, error);
  const bool beneath = !error && !relative.empty() && *relative.begin() != "..";
  return quote_for_shell(beneath ? relative.string() : directory.string());
}

class AllReports : public Reports {
 public:
  explicit AllReports(ReportSettings settings)
      : settings_(std::move(settings)),
        logs_(settings_.directory),
        journal_(settings_.directory / "journal.ndjson"),
        results_(settings_, record_),
        view_(make_view(settings_)) {}

  void consume(const Event& event) override {
    logs_.consume(event);
    journal_.consume(event);
    tell(event);
  }

  void recall(const Event& event) override {
    if (const auto* listed = std::get_if<TestListed>(&event.payload)) {
      logs_.recall(*listed);
      journal_.recall(*listed);
    }
    tell(event);
  }

  void tick(Seconds elapsed) override {
    journal_.flush();
    if (view_) view_->tick(elapsed);
  }

  std::string finish() override {
    if (view_) view_->finish();
    std::vector<std::string> troubles{logs_.finish(), journal_.finish(), results_.finish()};
    summary();
    std::erase(troubles, "");
    return join(troubles, "; ");
  }

 private:
  void tell(const Event& event) {
    record_.consume(event);
    results_.consume(event);
    if (view_) view_->consume(event);
  }

  void summary() {
    SummarySettings summary;
    // A report that was asked for on standard output has it for itself.
    const bool to_error = results_.use_standard_output() || settings_.standard_output_taken;
    summary.palette =
        Palette(colourful(settings_, to_error ? settings_.error_is_terminal : settings_.output_is_terminal));
    summary.show_output = settings_.output_on_failure == "final";
    summary.directory = shown_path(settings_.directory);
    summary.slow = settings_.slow;
    const std::string text = summarise(record_, summary);
    to_error ? settings_.write_error(text) : settings_.write_output(text);
  }

  ReportSettings settings_;
  LogFiles logs_;
  Journal journal_;
  RunRecord record_;
  ResultFiles results_;
  std::unique_ptr<ProgressView> view_;
};

/// Writes all of it, waiting where the other end is slow; gives up when there is no other end.
void write_to(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (count < 0 && errno == EAGAIN) {
      // Somebody who shares the terminal with us has made it non-blocking.
      pollfd ready{fd, POLLOUT, 0};
      ::poll(&ready, 1, 1000);
    } else if (count < 0 && errno != EINTR) {
      return;
    }
  }
}

int columns_of(int fd) {
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::unique_ptr<Reports> make_reports(ReportSettings settings) {
  return std::make_unique<AllReports>(std::move(settings));
}

ReportSettings settings_for_this_terminal() {
  ReportSettings settings;
  // A terminal that says it is dumb can show lines but no live view.
  const char* const terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  settings.error_is_terminal = ::isatty(STDERR_FILENO) == 1 && !dumb;
  settings.output_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  const char* const no_color = std::getenv("NO_COLOR");
  settings.no_color = no_color != nullptr && *no_color != '\0';
  settings.terminal_columns = [] { return columns_of(STDERR_FILENO); };
  settings.write_error = [](std::string_view bytes) { write_to(STDERR_FILENO, bytes); };
  settings.write_output = [](std::string_view bytes) { write_to(STDOUT_FILENO, bytes); };
  return settings;
}

}  // namespace sharder
