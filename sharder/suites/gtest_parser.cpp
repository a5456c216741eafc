#include <fmt/format.h>

#include <set>
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
constexpr std::string_view set_up_mark = "[----------] Global test environment set-up.";
constexpr std::string_view tear_down_mark = "[----------] Global test environment tear-down";

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
  for (const std::string& each : split_lines(output.substr(0, 16 << 10))) {
    const std::string_view line = each;
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
    if (current_.empty() && exit_status.value_or(0) != 0 && failed_.empty() && !last_.empty()) {
      ResultEvent event;
      event.name = last_;
      event.outcome = Outcome::failed;
      event.message =
          fmt::format("the program ended with exit status {} after its tests had passed", *exit_status);
      event.details = outside_.text();
      event.late = true;
      events.push_back(std::move(event));
    }
    if (exit_status == 0 && current_.empty() && last_.empty()) put_skipped_by_set_up(events);
    return events;
  }

 private:
  /// GTEST_SKIP() in the set-up of an Environment: the program runs none of its tests, and names none.
  void put_skipped_by_set_up(std::vector<ResultEvent>& events) {
    const std::string output = outside_.text();
    const std::size_t begin = output.find(set_up_mark);
    if (begin == std::string::npos) return;
    const std::size_t end = output.find(tear_down_mark, begin);
    if (end == std::string::npos) return;
    const std::string set_up = output.substr(begin, end - begin);
    const std::string message = first_failure(set_up, " Skipped");
    if (message.empty()) return;
    for (const std::string& name : std::set<std::string>(names_.begin(), names_.end())) {
      ResultEvent event;
      event.name = name;
      event.outcome = Outcome::skipped;
      event.message = message;
      event.details = set_up;
      events.push_back(std::move(event));
    }
  }

  void take_line(std::string_view line, std::vector<ResultEvent>& events) {
    if (begins_test(line, events) || ends_test(line, events)) return;
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
    if (finished_.contains(name)) return true;
    ResultEvent event;
    event.kind = ResultEvent::Kind::started;
    event.name = name;
    events.push_back(std::move(event));
    return true;
  }

  /// The end of the running test, or, by a test that printed such a line itself, of the one that ran last.
  bool ends_test(std::string_view line, std::vector<ResultEvent>& events) {
    for (const EndMark& end : end_marks) {
      const std::size_t mark = line.find(end.mark);
      if (mark == std::string_view::npos) continue;
      const std::string name = current_.empty() ? last_ : current_;
      if (name.empty() || !is_named(line.substr(mark + end.mark.size()), name)) continue;
      details_.append(line.substr(0, mark));
      put_end(name, end.outcome, events);
      return true;
    }
    return false;
  }

  void put_end(const std::string& name, Outcome outcome, std::vector<ResultEvent>& events) {
    current_.clear();
    outside_.clear();
    last_ = name;
    ResultEvent event;
    event.name = name;
    event.outcome = outcome;
    if (outcome != Outcome::passed) event.details = details_.text();
    if (outcome == Outcome::failed) event.message = first_failure(event.details, " Failure");
    if (outcome == Outcome::skipped) event.message = first_failure(event.details, " Skipped");
    // A test has one result; that it failed later all the same (--gtest_repeat) still counts.
    event.late = !finished_.insert(name).second;
    if (event.late && (outcome != Outcome::failed || failed_.contains(name))) return;
    if (outcome == Outcome::failed) failed_.insert(name);
    events.push_back(std::move(event));
  }

  /// "A.b (3 ms)" or "A.b, where GetParam() = 4 (3 ms)"; not "A.bc (3 ms)".
  static bool is_named(std::string_view rest, std::string_view name) {
    if (!rest.starts_with(name)) return false;
    rest.remove_prefix(name.size());
    return rest.empty() || rest.starts_with(" (") || rest.starts_with(", where ");
  }

  std::unordered_set<std::string> names_, finished_, failed_;
  LineSplitter lines_;
  std::string current_, last_;
  BoundedOutput details_{details_limit_bytes}, outside_{details_limit_bytes};
};

}  // namespace

std::unique_ptr<ResultParser> make_gtest_parser(std::vector<std::string> names) {
  return std::make_unique<GtestParser>(std::move(names));
}

}  // namespace sharder
