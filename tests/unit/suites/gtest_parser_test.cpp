#include <gtest/gtest.h>

#include "sharder/suites/result_formats.hpp"
#include "tests/unit/suites/event_text.hpp"

namespace sharder {
namespace {

MakeParser parser_of(std::vector<std::string> names) {
  return [names] { return make_gtest_parser(names); };
}

TEST(GtestParser, UnderstandsARealRun) {
  const MakeParser parser =
      parser_of({"Plain.Passes", "Plain.FailsTwice", "Plain.Skips", "Plain.PrintsWithoutLineEnd",
                 "Plain.PrintsAForgery", "Typed/0.Works", "Typed/1.Works", "Some/Param.Holds/0",
                 "Some/Param.Holds/1", "Odd.name: with -* (1 ms)"});
  const std::vector<ResultEvent> events = events_of(parser, suite_data("gtest_run.txt"), 1);
  EXPECT_EQ(
      text_of(events),
      "started Plain.Passes\n"
      "finished Plain.Passes passed\n"
      "started Plain.FailsTwice\n"
      "finished Plain.FailsTwice failed [s.cpp:4: Expected equality of these values: 1 2]\n"
      "started Plain.Skips\n"
      "finished Plain.Skips skipped [s.cpp:5: no database]\n"
      "started Plain.PrintsWithoutLineEnd\n"
      "finished Plain.PrintsWithoutLineEnd passed\n"
      "started Plain.PrintsAForgery\n"
      "finished Plain.PrintsAForgery passed\n"
      "started Typed/0.Works\n"
      "finished Typed/0.Works passed\n"
      "started Typed/1.Works\n"
      "finished Typed/1.Works failed [s.cpp:13: Expected equality of these values: sizeof(TypeParam) Which "
      "is: 8]\n"
      "started Some/Param.Holds/0\n"
      "finished Some/Param.Holds/0 passed\n"
      "started Some/Param.Holds/1\n"
      "finished Some/Param.Holds/1 failed [s.cpp:15: Expected equality of these values: GetParam() Which is: "
      "\"x (3 ms)\"]\n"
      "started Odd.name: with -* (1 ms)\n"
      "finished Odd.name: with -* (1 ms) passed\n");
  EXPECT_EQ(events[3].details,
            "s.cpp:4: Failure\nExpected equality of these values:\n  1\n  2\nwith a reason\n"
            "s.cpp:4: Failure\nValue of: false\n  Actual: false\nExpected: true\n");
}

TEST(GtestParser, BelievesOnlyNamesOfTheBatch) {
  EXPECT_EQ(text_of_run(parser_of({"A.b"}), "[ RUN      ] A.bc\n[       OK ] A.bc (1 ms)\n", 0), "");
  EXPECT_EQ(text_of_run(parser_of({"A.b"}), "[ RUN      ] A.b\n[       OK ] A.bc (1 ms)\n", std::nullopt),
            "started A.b\n");
}

TEST(GtestParser, LeavesACrashedTestUnfinished) {
  EXPECT_EQ(text_of_run(parser_of({"A.b"}), "[ RUN      ] A.b\nabout to", std::nullopt), "started A.b\n");
}

TEST(GtestParser, TellsWhenTheProgramFailsAfterItsTestsPassed) {
  EXPECT_EQ(text_of_run(parser_of({"A.b"}), "[ RUN      ] A.b\n[       OK ] A.b (0 ms)\nleak found\n", 23),
            "started A.b\nfinished A.b passed\n"
            "finished A.b failed late [the program ended with exit status 23 after its tests had passed]\n");
}

TEST(GtestParser, SkipsEveryTestOfAnEnvironmentWhoseSetUpSkips) {
  const std::string set_up =
      "[==========] Running 2 tests from 1 test suite.\n[----------] Global test environment set-up.\n";
  const std::string tear_down =
      "[----------] Global test environment tear-down\n[==========] 2 tests from 1 test suite ran. (0 ms total)\n";
  EXPECT_EQ(text_of_run(parser_of({"A.b", "A.a"}), set_up + "s.cc:9: Skipped\nno database\n\n" + tear_down, 0),
            "finished A.a skipped [s.cc:9: no database]\nfinished A.b skipped [s.cc:9: no database]\n");
  EXPECT_EQ(text_of_run(parser_of({"A.b"}), set_up + "s.cc:9: Failure\nno database\n\n" + tear_down, 1), "");
  EXPECT_EQ(text_of_run(parser_of({"A.b"}), set_up + "nothing is Skipped here\n" + tear_down, 0), "");
}

TEST(GtestParser, KeepsOneResultOfARepeatedTestAndItsLaterFailure) {
  const std::string passes = "[ RUN      ] A.b\n[       OK ] A.b (0 ms)\n";
  const std::string fails = "[ RUN      ] A.b\na.cc:1: Failure\nno\n[  FAILED  ] A.b (0 ms)\n";
  EXPECT_EQ(text_of_run(parser_of({"A.b"}), passes + passes, 0), "started A.b\nfinished A.b passed\n");
  EXPECT_EQ(text_of_run(parser_of({"A.b"}), passes + fails + fails, 1),
            "started A.b\nfinished A.b passed\nfinished A.b failed late [a.cc:1: no]\n");
}

TEST(GtestParser, BoundsTheDetailsOfATest) {
  std::string stream = "[ RUN      ] A.b\n";
  for (int i = 0; i < 20'000; ++i) stream += "a line of a test that prints a lot\n";
  const auto parser = make_gtest_parser({"A.b"});
  const std::vector<ResultEvent> events = parser->consume(stream + "[  FAILED  ] A.b (0 ms)\n");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_LT(events[1].details.size(), 66u << 10);
}

}  // namespace
}  // namespace sharder
