#include <gtest/gtest.h>

#include "sharder/suites/result_formats.hpp"
#include "tests/unit/suites/event_text.hpp"

namespace sharder {
namespace {

struct Conditions {
  ExitRules rules;
  std::vector<int> skip_statuses;
};

std::string result(const Conditions& conditions, std::string_view output, std::optional<int> exit_status) {
  sharder::Test test;
  test.name = "t";
  test.exit_rules = conditions.rules;
  return text_of_run([&] { return make_exit_parser(test, conditions.skip_statuses); }, output, exit_status);
}

TEST(ExitParser, JudgesByTheExitStatus) {
  EXPECT_EQ(result({}, "", 0), "finished t passed\n");
  EXPECT_EQ(result({}, "anything", 3), "finished t failed [exit status 3]\n");
  EXPECT_EQ(result({{}, {77}}, "", 77), "finished t skipped [exit status 77]\n");
}

TEST(ExitParser, LeavesASignalToTheEngineEvenWhereFailureIsExpected) {
  EXPECT_EQ(result({}, "", std::nullopt), "");
  EXPECT_EQ(result({{.will_fail = true}, {}}, "", std::nullopt), "");
}

TEST(ExitParser, TurnsTheResultRoundWhereFailureIsExpected) {
  EXPECT_EQ(result({{.will_fail = true}, {}}, "", 1), "finished t expected-failure [exit status 1]\n");
  EXPECT_EQ(result({{.will_fail = true}, {}}, "", 0),
            "finished t unexpected-success [succeeded, but is expected to fail (WILL_FAIL)]\n");
  EXPECT_EQ(result({{.will_fail = true, .fail_expressions = {"bad"}}, {}}, "bad", 0),
            "finished t expected-failure [output matches \"bad\"]\n");
}

TEST(ExitParser, BoundsAMessageThatQuotesAnExpression) {
  const std::string told = result({{.pass_expressions = {std::string(100'000, 'x')}}, {}}, "y", 0);
  EXPECT_TRUE(told.starts_with("finished t failed [output does not match")) << told.substr(0, 100);
  EXPECT_LT(told.size(), 5000u);
}

TEST(ExitParser, FollowsTheExpressionsOnTheOutput) {
  const Conditions pass{{.pass_expressions = {"no", "all (is )?well"}}, {}};
  EXPECT_EQ(result(pass, "then all is well", 4), "finished t passed\n");
  EXPECT_EQ(result(pass, "silence", 0), "finished t failed [output does not match \"no\"]\n");
  const Conditions both{{.pass_expressions = {"ok"}, .fail_expressions = {"error"}}, {}};
  EXPECT_EQ(result(both, "ok error", 0), "finished t failed [output matches \"error\"]\n");
  const Conditions skip{{.skip_return_code = 5, .skip_expressions = {"no database"}}, {}};
  EXPECT_EQ(result(skip, "no database", 1), "finished t skipped [output matches \"no database\"]\n");
  EXPECT_EQ(result(skip, "", 5), "finished t skipped [exit status 5]\n");
}

TEST(ExitParser, FailsOverAnExpressionThatIsNone) {
  const std::string text = result({{.pass_expressions = {"("}}, {}}, "", 0);
  EXPECT_EQ(text.substr(0, 60), "finished t failed [regular expression \"(\" is not valid: Unma");
}

TEST(ExitParser, SurvivesAnExpressionThatWouldExplode) {
  const std::string output(200'000, 'a');
  sharder::Test test;
  test.name = "t";
  test.exit_rules.fail_expressions = {"(a+a+)+b"};
  const auto parser = make_exit_parser(test, {});
  parser->consume(output);
  EXPECT_EQ(text_of(parser->finish(0)),
            "finished t failed [regular expression \"(a+a+)+b\" is too costly on this output]\n");
}

TEST(ExitParser, FailsATestThatCannotBeStarted) {
  EXPECT_EQ(text_of_run([] { return make_failing_parser("t", "not built"); }, "", 127),
            "finished t failed [not built]\n");
}

}  // namespace
}  // namespace sharder
