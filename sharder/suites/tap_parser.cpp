#include <fmt/format.h>

#include <utility>

#include "sharder/model/bounded_output.hpp"
#include "sharder/suites/limits.hpp"
#include "sharder/suites/line_splitter.hpp"
#include "sharder/suites/result_formats.hpp"
#include "sharder/suites/tap_line.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// A file that prints more test points than that gets its verdict all the same, but not all of its cases
/// listed.
constexpr std::size_t most_cases = 100'000;
/// Nor may their texts fill our memory.
constexpr std::size_t most_case_bytes = 16 << 20;

/// A TODO that passes and a TODO that fails both leave the file as it is: so do prove and every other
/// harness.
Outcome outcome_of(const TapPoint& point) {
  if (point.directive == TapPoint::Directive::skip) return Outcome::skipped;
  if (point.directive == TapPoint::Directive::todo)
    return point.ok ? Outcome::unexpected_success : Outcome::expected_failure;
  return point.ok ? Outcome::passed : Outcome::failed;
}

class TapParser : public ResultParser {
 public:
  explicit TapParser(std::string file_name) : file_name_(std::move(file_name)) {}

  std::vector<ResultEvent> consume(std::string_view bytes) override {
    std::vector<ResultEvent> events;
    if (!file_name_.empty() && !bytes.empty()) events.push_back(output_of_file(bytes));
    lines_.feed(bytes, [&](std::string_view line) { take_line(line, events); });
    return events;
  }

  /// Many a TAP library, Perl's Test::More for one, explains there what is not ok.
  void consume_error_output(std::string_view bytes) override { explanations_.append(bytes); }

  std::vector<ResultEvent> finish(std::optional<int> exit_status) override {
    std::vector<ResultEvent> events;
    lines_.finish([&](std::string_view line) { take_line(line, events); });
    close_point(events);
    if (!file_name_.empty() && exit_status) events.push_back(file_result(*exit_status));
    return events;
  }

 private:
  void take_line(std::string_view line, std::vector<ResultEvent>& events) {
    if (in_yaml_) return take_yaml(line);
    if (line.starts_with(' ') && trim(line) == "---" && has_point_) {
      in_yaml_ = true;
      return;
    }
    // Subtests are indented; the point that follows them sums them up.
    if (line.starts_with("    ") || line.starts_with('\t')) return;
    if (const auto point = parse_tap_point(line)) {
      close_point(events);
      return take_point(*point);
    }
    if (const auto plan = parse_tap_plan(line)) return take_plan(*plan);
    if (line.starts_with("Bail out!")) {
      bailed_out_ = true;
      bail_out_reason_ = trim(line.substr(9));
    } else if (line.starts_with('#') && has_point_ && !line.starts_with("# Subtest:")) {
      point_text_.append(std::string(line) + "\n");
    }
  }

  void take_yaml(std::string_view line) {
    if (trim(line) == "..." || !line.starts_with(' '))
      in_yaml_ = false;
    else
      point_text_.append(std::string(line) + "\n");
    const std::string_view entry = trim(line);
    if (yaml_message_.empty() && entry.starts_with("message:")) yaml_message_ = trim(entry.substr(8));
  }

  void take_plan(const TapPlan& plan) {
    if (plan_)
      ++surplus_plans_;
    else
      plan_ = plan;
  }

  void take_point(const TapPoint& point) {
    ++points_;
    if (point.number && *point.number != points_ && out_of_sequence_.empty())
      out_of_sequence_ =
          fmt::format("test numbers out of sequence: found {}, expected {}", *point.number, points_);
    has_point_ = true;
    current_ = {point.name.empty() ? fmt::format("test {}", points_) : point.name, outcome_of(point),
                point.reason};
  }

  /// A point is complete when the next one begins: its diagnostics follow it.
  void close_point(std::vector<ResultEvent>& events) {
    in_yaml_ = false;
    if (!std::exchange(has_point_, false)) return;
    const std::string text = point_text_.text();
    const std::string yaml_message = std::exchange(yaml_message_, {});
    point_text_.clear();
    if (current_.message.empty() && current_.outcome == Outcome::failed) current_.message = yaml_message;
    if (current_.outcome == Outcome::failed) {
      ++failed_;
      if (first_failed_.empty()) first_failed_ = current_.name;
      details_.append(fmt::format("not ok - {}\n{}", current_.name, text));
    }
    if (!file_name_.empty()) {
      case_bytes_ += current_.name.size() + current_.message.size();
      if (cases_.size() < most_cases && case_bytes_ <= most_case_bytes)
        cases_.push_back(std::exchange(current_, {}));
      return;
    }
    ResultEvent event;
    event.name = std::move(current_.name);
    event.outcome = current_.outcome;
    event.message = std::move(current_.message);
    event.details = text;
    events.push_back(std::move(event));
  }

  /// TAP is made for people, too: the file's output is all that it prints.
  ResultEvent output_of_file(std::string_view bytes) const {
    ResultEvent event;
    event.kind = ResultEvent::Kind::output;
    event.name = file_name_;
    event.details = bytes;
    return event;
  }

  ResultEvent file_result(int exit_status) {
    ResultEvent event;
    event.name = file_name_;
    const bool skipped_whole = plan_ && plan_->last == 0 && points_ == 0 && exit_status == 0 && !bailed_out_;
    event.message = skipped_whole ? plan_->reason : fault(exit_status);
    event.outcome = skipped_whole           ? Outcome::skipped
                    : event.message.empty() ? Outcome::passed
                                            : Outcome::failed;
    event.details = details_.text();
    if (failed_ > 0) event.details += explanations_.text();
    event.cases = std::move(cases_);
    return event;
  }

  /// Why the file failed, the gravest reason first; "" if it did not.
  std::string fault(int exit_status) const {
    if (bailed_out_) return bail_out_reason_.empty() ? "Bail out!" : "Bail out! " + bail_out_reason_;
    if (failed_ > 0) return fmt::format("{} of {} cases failed, first: {}", failed_, points_, first_failed_);
    if (!plan_ && exit_status != 0) return fmt::format("died without a plan, exit status {}", exit_status);
    if (!plan_)
      return points_ == 0 ? "no TAP in its output"
                          : "no plan: it died, or never said how many cases there are";
    if (surplus_plans_ > 0) return "more than one plan";
    if (plan_->last != points_) return fmt::format("planned {} cases, but ran {}", plan_->last, points_);
    if (!out_of_sequence_.empty()) return out_of_sequence_;
    if (exit_status != 0)
      return fmt::format("exit status {}, though all {} cases are ok", exit_status, points_);
    return {};
  }

  std::string file_name_;
  LineSplitter lines_;
  std::optional<TapPlan> plan_;
  std::size_t points_ = 0, failed_ = 0, surplus_plans_ = 0;
  std::string out_of_sequence_, bail_out_reason_, first_failed_;
  bool bailed_out_ = false;

  bool has_point_ = false, in_yaml_ = false;
  Case current_;
  BoundedOutput point_text_{8 << 10};
  std::string yaml_message_;
  BoundedOutput details_{details_limit_bytes};
  BoundedOutput explanations_{details_limit_bytes};
  std::vector<Case> cases_;
  std::size_t case_bytes_ = 0;
};

}  // namespace

std::unique_ptr<ResultParser> make_tap_parser(std::string file_name) {
  return std::make_unique<TapParser>(std::move(file_name));
}

}  // namespace sharder
