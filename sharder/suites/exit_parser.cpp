#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sharder/model/bounded_output.hpp"
#include "sharder/suites/limits.hpp"
#include "sharder/suites/regular_expression.hpp"
#include "sharder/suites/result_formats.hpp"
#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

/// How much output the expressions of a test see: head and tail of it. CTest looks at everything, but a clone
/// could print for ever.
constexpr std::size_t searched_output_bytes = 8 << 20;

/// Follows cmCTestRunTest::EndTest of CTest 3.25, whose rules ExitRules are.
class ExitParser : public ResultParser {
 public:
  ExitParser(const Test& test, std::vector<int> skip_statuses)
      : name_(test.name), rules_(test.exit_rules), skip_statuses_(std::move(skip_statuses)) {}

  std::vector<ResultEvent> consume(std::string_view bytes) override {
    if (searches_output()) output_.append(bytes);
    return {};
  }

  /// After a signal there is nothing to tell: CTest, too, calls a crash a failure even where failing is
  /// expected.
  std::vector<ResultEvent> finish(std::optional<int> exit_status) override {
    std::vector<ResultEvent> events;
    if (!exit_status) return events;
    ResultEvent event;
    event.name = name_;
    try {
      judge(*exit_status, event);
    } catch (const ConfigError& error) {
      event.outcome = Outcome::failed;
      event.message = error.what();
    }
    // Expressions stand in it, and a list out of a clone may have long ones.
    if (event.message.size() > message_limit_bytes) event.message.resize(message_limit_bytes);
    events.push_back(std::move(event));
    return events;
  }

 private:
  bool searches_output() const {
    return !rules_.pass_expressions.empty() || !rules_.fail_expressions.empty() ||
           !rules_.skip_expressions.empty();
  }

  /// The first of `expressions` that the output matches, or "".
  std::string matching(const std::vector<std::string>& expressions, const std::string& output) const {
    for (const std::string& expression : expressions) {
      const std::optional<bool> found = RegularExpression(expression).found_in(output);
      if (!found) throw ConfigError("regular expression \"" + expression + "\" is too costly on this output");
      if (*found) return expression;
    }
    return {};
  }

  void judge(int exit_status, ResultEvent& event) const {
    const std::string output = output_.text();
    const std::string forbidden = matching(rules_.fail_expressions, output);
    const bool required_missing =
        !rules_.pass_expressions.empty() && matching(rules_.pass_expressions, output).empty();
    const std::string skip = matching(rules_.skip_expressions, output);
    if (!skip.empty()) return skipped(event, fmt::format("output matches \"{}\"", skip));
    if (rules_.skip_return_code == exit_status ||
        std::find(skip_statuses_.begin(), skip_statuses_.end(), exit_status) != skip_statuses_.end())
      return skipped(event, fmt::format("exit status {}", exit_status));
    const bool succeeded =
        forbidden.empty() && !required_missing && (exit_status == 0 || !rules_.pass_expressions.empty());
    if (!forbidden.empty())
      event.message = fmt::format("output matches \"{}\"", forbidden);
    else if (required_missing)
      event.message = fmt::format("output does not match \"{}\"", rules_.pass_expressions.front());
    else if (exit_status != 0)
      event.message = fmt::format("exit status {}", exit_status);
    if (rules_.will_fail) {
      event.outcome = succeeded ? Outcome::unexpected_success : Outcome::expected_failure;
      if (succeeded) event.message = "succeeded, but is expected to fail (WILL_FAIL)";
    } else {
      event.outcome = succeeded ? Outcome::passed : Outcome::failed;
      if (succeeded) event.message.clear();
    }
  }

  static void skipped(ResultEvent& event, std::string reason) {
    event.outcome = Outcome::skipped;
    event.message = std::move(reason);
  }

  std::string name_;
  ExitRules rules_;
  std::vector<int> skip_statuses_;
  BoundedOutput output_{searched_output_bytes};
};

class FailingParser : public ResultParser {
 public:
  FailingParser(std::string name, std::string message)
      : name_(std::move(name)), message_(std::move(message)) {}

  std::vector<ResultEvent> consume(std::string_view) override { return {}; }
  std::vector<ResultEvent> finish(std::optional<int>) override {
    std::vector<ResultEvent> events(1);
    events[0].name = name_;
    events[0].outcome = Outcome::failed;
    events[0].message = message_;
    return events;
  }

 private:
  std::string name_, message_;
};

}  // namespace

std::unique_ptr<ResultParser> make_failing_parser(std::string name, std::string message) {
  return std::make_unique<FailingParser>(std::move(name), std::move(message));
}

std::unique_ptr<ResultParser> make_exit_parser(const Test& test, std::vector<int> skip_statuses) {
  return std::make_unique<ExitParser>(test, std::move(skip_statuses));
}

}  // namespace sharder
