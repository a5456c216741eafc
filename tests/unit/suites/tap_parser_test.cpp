#include <gtest/gtest.h>

#include "sharder/suites/result_formats.hpp"
#include "sharder/suites/tap_line.hpp"
#include "tests/unit/suites/event_text.hpp"

namespace sharder {
namespace {

/// Without the output, which is the stream itself.
std::string file_result(std::string_view stream, std::optional<int> exit_status) {
  const std::string text = text_of_run([] { return make_tap_parser("t.sh"); }, stream, exit_status);
  return text.starts_with("output ") ? text.substr(text.find('\n') + 1) : text;
}

/// The result without its cases.
std::string verdict(std::string_view stream, std::optional<int> exit_status) {
  const std::string text = file_result(stream, exit_status);
  return text.substr(0, text.find('\n'));
}

TEST(TapParser, MakesAFileOneTestAndItsLinesCases) {
  EXPECT_EQ(
      file_result(
          "TAP version 13\n1..4\nok 1 - first\nok 2\nok 3 - c # SKIP no root\nnot ok 4 # TODO later\n", 0),
      "finished t.sh passed\n  first passed\n  test 2 passed\n  c skipped [no root]\n"
      "  test 4 expected-failure [later]\n");
}

TEST(TapParser, TakesThePlanFirstOrLast) {
  EXPECT_EQ(verdict("1..1\nok 1\n", 0), "finished t.sh passed");
  EXPECT_EQ(verdict("ok 1\nok 2\n# passed all 2 test(s)\n1..2\n", 0), "finished t.sh passed");
  EXPECT_EQ(verdict("ok\nok\n1..2", 0), "finished t.sh passed");
}

TEST(TapParser, FailsAFileForEveryReasonThereIs) {
  EXPECT_EQ(verdict("1..2\nok 1\nnot ok 2 - b\n", 1), "finished t.sh failed [1 of 2 cases failed, first: b]");
  EXPECT_EQ(verdict("1..2\nok 1\n", 0), "finished t.sh failed [planned 2 cases, but ran 1]");
  EXPECT_EQ(verdict("1..1\nok 1\nok 2\n", 0), "finished t.sh failed [planned 1 cases, but ran 2]");
  EXPECT_EQ(verdict("1..1\nok 1\n", 2), "finished t.sh failed [exit status 2, though all 1 cases are ok]");
  EXPECT_EQ(verdict("ok 1\n", 1), "finished t.sh failed [died without a plan, exit status 1]");
  EXPECT_EQ(verdict("ok 1\n", 0),
            "finished t.sh failed [no plan: it died, or never said how many cases there are]");
  EXPECT_EQ(verdict("", 0), "finished t.sh failed [no TAP in its output]");
  EXPECT_EQ(verdict("1..1\n1..1\nok 1\n", 0), "finished t.sh failed [more than one plan]");
  EXPECT_EQ(verdict("1..2\nok 2\nok 1\n", 0),
            "finished t.sh failed [test numbers out of sequence: found 2, expected 1]");
  EXPECT_EQ(verdict("1..3\nok 1\nBail out! no database\n", 255),
            "finished t.sh failed [Bail out! no database]");
}

TEST(TapParser, ExplainsWhatIsNotOkByTheErrorOutput) {
  const auto details = [](std::string_view stream) {
    const auto parser = make_tap_parser("t.t");
    parser->consume(stream);
    parser->consume_error_output("#   Failed test 'b'\n#   at t.t line 3.\n");
    return parser->finish(0).back().details;
  };
  EXPECT_EQ(details("1..2\nok 1\nnot ok 2 - b\n"), "not ok - b\n#   Failed test 'b'\n#   at t.t line 3.\n");
  EXPECT_EQ(details("1..1\nok 1\n"), "");
  EXPECT_EQ(details("1..2\nnot ok 1 - a\n# Subtest: b\nok 2 - b\n").find("Subtest"), std::string::npos)
      << "it announces the next one";
}

TEST(TapParser, SkipsAFileThatPlansNothing) {
  EXPECT_EQ(verdict("1..0 # SKIP no cvs here\n", 0), "finished t.sh skipped [no cvs here]");
  EXPECT_EQ(verdict("1..0 # Skipped: no cvs\n", 0), "finished t.sh skipped [no cvs]");
  EXPECT_EQ(verdict("1..0 # SKIP no cvs here\n", 1),
            "finished t.sh failed [exit status 1, though all 0 cases are ok]");
}

TEST(TapParser, DoesNotFailForAToDoThatPasses) {
  EXPECT_EQ(file_result("1..1\nok 1 - a # TODO not yet\n", 0),
            "finished t.sh passed\n  a unexpected-success [not yet]\n");
}

TEST(TapParser, CountsSubtestsByTheLineThatSumsThemUp) {
  EXPECT_EQ(
      file_result(
          "TAP version 14\n# Subtest: inner\n    1..2\n    not ok 1\n    ok 2\nnot ok 1 - inner\n1..1\n", 1),
      "finished t.sh failed [1 of 1 cases failed, first: inner]\n  inner failed\n");
}

TEST(TapParser, TakesTheMessageOutOfAYamlBlock) {
  const std::string stream =
      "1..2\nnot ok 1 - a\n  ---\n  message: 'got 2'\n  at: x.c\n  ok 7\n  ...\n# also said\nok 2 - b\n";
  const std::vector<ResultEvent> events = events_of([] { return make_tap_parser("t.sh"); }, stream, 1);
  EXPECT_EQ(text_of({events.back()}),
            "finished t.sh failed [1 of 2 cases failed, first: a]\n  a failed ['got 2']\n  b passed\n");
  EXPECT_EQ(events.back().details, "not ok - a\n  message: 'got 2'\n  at: x.c\n  ok 7\n# also said\n");
}

TEST(TapParser, HandsOnEverythingThatAFilePrints) {
  const auto parser = make_tap_parser("t.sh");
  EXPECT_EQ(text_of(parser->consume("not TAP\nok 1\n")), "output 13 bytes of t.sh\n");
}

TEST(TapParser, LeavesASignalToTheEngine) {
  EXPECT_EQ(file_result("1..2\nok 1\n", std::nullopt), "");
}

TEST(TapParser, NamesTestsByTheirDescriptionWhereTheyAreFed) {
  EXPECT_EQ(text_of_run([] { return make_tap_parser(""); },
                        "ok 1 - a b\nnot ok 2 - c\n# why\nok 3 - d # SKIP no\n", 0),
            "finished a b passed\nfinished c failed\nfinished d skipped [no]\n");
}

TEST(TapLine, TellsNamesFromNumbersAndDirectives) {
  const auto point = parse_tap_point("not ok 12 - a \\# b # c # TODO  fix it");
  ASSERT_TRUE(point);
  EXPECT_FALSE(point->ok);
  EXPECT_EQ(point->number, 12u);
  EXPECT_EQ(point->name, "a # b # c");
  EXPECT_EQ(point->directive, TapPoint::Directive::todo);
  EXPECT_EQ(point->reason, "fix it");
  EXPECT_EQ(parse_tap_point("ok 3rd time")->name, "3rd time");
  EXPECT_FALSE(parse_tap_point("okay"));
  EXPECT_FALSE(parse_tap_point("not okay"));
  EXPECT_EQ(parse_tap_point("ok 99999999999999999999")->number, std::nullopt);
  EXPECT_FALSE(parse_tap_plan("1..x"));
  EXPECT_FALSE(parse_tap_plan("1..3 and more"));
}

}  // namespace
}  // namespace sharder
