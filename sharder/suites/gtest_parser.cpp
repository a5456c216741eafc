#include <fmt/format.h>

#include <unordered_set>
#include <utility>

#include "sharder/model/bounded_output.hpp"
#include "sharder/suites/limits.hpp"
#include "sharder/suites/line_splitter.hpp"
#include "sharder/suites/result_formats.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr std::string_view run_mark = "[ RUN      ] ";

struct EndMark {
  std::string_view mark;
  Outcome outcome;
};
constexpr EndMark end_marks[] = {{"[       OK ] ", Outcome::passed},
                                 {"[  FAILED  ] ", Outcome::failed},
                                 {"[  SKIPPED ] ", Outcome::skipped}};

/// The assertion in one line: "a_test.cc:7: Failure" and what stands below it, as far as one line goes.
std::string first_failure(std::string_view output, std::string_view word) {
  constexpr std::size_t most_lines = 4;
  std::string message;
  std::size_t taken = 0;
  for (const std::string& line : split_lines(output.substr(0, 16 << 10))) {
    const bool opens = line.ends_with(word);
    if (message.empty() && !opens) continue;
    if (opens && !message.empty()) break;
    const std::string_view part = opens ? line.substr(0, line.size() - word.size()) : trim(line);
    if (part.empty()) break;
    message += (message.empty() ? "" : " ") + std::string(part);
    if (++taken == most_lines) break;
  }
  return message.substr(0, 300);
}

class GtestParser : public ResultParser {
 public:
  explicit GtestParser(std::vector<std::string> names) {
    for (std::string& name : names) names_.insert(std::move(name));
  }

  std::vector<ResultEvent> consume(std::string_view bytes) override {
    std::vector<ResultEvent> events;
    lines_.feed(bytes, [&](std::string_view line) { take_line(line, events); });
    return events;
  }

  std::vector<ResultEvent> finish(std::optional<int> exit_status) override {
    std::vector<ResultEvent> events;
    lines_.finish([&](std::string_view line) { take_line(line, events); });
    // A global tear-down, a sanitizer or main() itself may fail after the last test; nobody else would tell.
    if (current_.empty() && exit_status.value_or(0) != 0 && !failed_ && !last_.empty()) {
      ResultEvent event;
      event.name = last_;
      event.outcome = Outcome::failed;
      event.message = fmt::format("the program ended with exit status {} after its tests had passed", *exit_status);
      event.details = outside_.text();
      event.late = true;
      events.push_back(std::move(event));
    }
    return events;
  }

 private:
  void take_line(std::string_view line, std::vector<ResultEvent>& events) {
    if (begins_test(line, events) || (!current_.empty() && ends_test(line, events))) return;
    BoundedOutput& text = current_.empty() ? outside_ : details_;
    text.append(line);
    text.append("\n");
  }

  /// What is printed without a line end stands in front of the mark.
  bool begins_test(std::string_view line, std::vector<ResultEvent>& events) {
    const std::size_t mark = line.find(run_mark);
    if (mark == std::string_view::npos) return false;
    const std::string name(line.substr(mark + run_mark.size()));
    if (!names_.contains(name)) return false;
    current_ = name;
    details_.clear();
    ResultEvent event;
    event.kind = ResultEvent::Kind::started;
    event.name = current_;
    events.push_back(std::move(event));
    return true;
  }

  bool ends_test(std::string_view line, std::vector<ResultEvent>& events) {
    for (const EndMark& end : end_marks) {
      const std::size_t mark = line.find(end.mark);
      if (mark == std::string_view::npos || !names_current(line.substr(mark + end.mark.size()))) continue;
      details_.append(line.substr(0, mark));
      ResultEvent event;
      event.name = std::exchange(current_, {});
      event.outcome = end.outcome;
      if (end.outcome != Outcome::passed) event.details = details_.text();
      if (end.outcome == Outcome::failed) event.message = first_failure(event.details, " Failure");
      if (end.outcome == Outcome::skipped) event.message = first_failure(event.details, " Skipped");
      failed_ = failed_ || end.outcome == Outcome::failed;
      last_ = event.name;
      outside_.clear();
      events.push_back(std::move(event));
      return true;
    }
    return false;
  }

  /// "A.b (3 ms)" or "A.b, where GetParam() = 4 (3 ms)"; not "A.bc (3 ms)".
  bool names_current(std::string_view rest) const {
    if (!rest.starts_with(current_)) return false;
    rest.remove_prefix(current_.size());
    return rest.empty() || rest.starts_with(" (") || rest.starts_with(", where ");
  }

  std::unordered_set<std::string> names_;
  LineSplitter lines_;
  std::string current_, last_;
  BoundedOutput details_{details_limit_bytes}, outside_{details_limit_bytes};
  bool failed_ = false;
};

}  // namespace

std::unique_ptr<ResultParser> make_gtest_parser(std::vector<std::string> names) {
  return std::make_unique<GtestParser>(std::move(names));
}

}  // namespace sharder
