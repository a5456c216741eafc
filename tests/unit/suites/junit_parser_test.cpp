#include <gtest/gtest.h>

#include "sharder/suites/result_formats.hpp"
#include "tests/unit/suites/event_text.hpp"

namespace sharder {
namespace {

std::string results(std::vector<std::string> names, std::string_view xml) {
  return text_of_run([names] { return make_junit_parser(names); }, xml, 0);
}

TEST(JunitParser, TellsOutcomesApart) {
  EXPECT_EQ(results({}, R"(<?xml version="1.0"?><testsuites><testsuite>
      <testcase classname="p.C" name="a"/>
      <testcase classname="p.C" name="b"><failure message="1 != 2&#10;more">trace</failure></testcase>
      <testcase classname="p.C" name="c"><error>boom
at x</error><system-out>said</system-out></testcase>
      <testcase classname="p.C" name="d"><skipped message="no database"/></testcase>
      </testsuite></testsuites>)"),
            "finished p.C.a passed\nfinished p.C.b failed [1 != 2]\nfinished p.C.c failed [boom]\n"
            "finished p.C.d skipped [no database]\n");
}

TEST(JunitParser, FindsTheIdThatIsMeant) {
  EXPECT_EQ(
      results(
          {"tests/t.py::a", "p.C.b", "c", "p.C::d", "x/y.py::e"},
          R"(<s><testcase file="tests/t.py" classname="tests.t" name="a"/><testcase classname="p.C" name="b"/>
      <testcase classname="q" name="c"/><testcase classname="p.C" name="d"/>
      <testcase classname="x.y" name="e"/></s>)"),
      "finished tests/t.py::a passed\nfinished p.C.b passed\nfinished c passed\nfinished p.C::d passed\n"
      "finished x/y.py::e passed\n");
}

TEST(JunitParser, PassesOverACaseWithoutAName) {
  EXPECT_EQ(results({}, "<s><testcase/><testcase name=''/><testcase name='a'/></s>"), "finished a passed\n");
}

TEST(JunitParser, KeepsWhatStandsBeforeABreak) {
  EXPECT_EQ(results({}, "<s><testcase name='a'/><testcase name='b'><fail"),
            "output 79 bytes\nfinished a passed\nfinished b passed\n");
  EXPECT_TRUE(results({}, "").starts_with("output "));
}

TEST(JunitParser, SurvivesDeepNesting) {
  std::string xml;
  for (int i = 0; i < 300'000; ++i) xml += "<s>";
  const auto parser = make_junit_parser({});
  parser->consume(xml + "<testcase name='a'/>");
  EXPECT_TRUE(text_of(parser->finish(0)).ends_with("finished a passed\n"));
}

}  // namespace
}  // namespace sharder
