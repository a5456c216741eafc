#include "sharder/report/live/views.hpp"

#include <gtest/gtest.h>

#include "sharder/support/text.hpp"
#include "tests/unit/report/sample_run.hpp"
#include "tests/unit/report/terminal_screen.hpp"

namespace sharder {
namespace {

class Lines {
 public:
  explicit Lines(ProgressLines::Settings settings = {}, bool fixed = false)
      : view(make_lines_view([this](std::string_view bytes) { text += bytes; }, Palette(false), settings,
                             fixed)) {}
  std::string text;
  std::unique_ptr<ProgressView> view;
};

EventMaker listed(int tests) {
  EventMaker make;
  for (int i = 0; i < tests; ++i) make.list("unit/case" + std::to_string(i));
  return make;
}

void pass(EventMaker& make, TestIndex test) {
  make(AttemptStarted{test, 1, 0, "c"});
  make(AttemptFinished{attempt_of(test, 1, Outcome::passed, 0.1)});
  make(TestFinished{test, Verdict::passed, {}, {}});
}

TEST(LinesView, TellsOfEveryTestOfASmallSuite) {
  Lines lines;
  feed(*lines.view, sample_run());
  lines.view->finish();
  EXPECT_EQ(lines.text, golden("report_lines.txt", lines.text));
}

TEST(LinesView, TellsOfALargeSuiteOnlyWhatMatters) {
  EventMaker make = listed(1000);
  for (TestIndex test = 0; test < 999; ++test) pass(make, test);
  make(AttemptStarted{999, 1, 0, "c"});
  make(AttemptFinished{attempt_of(999, 1, Outcome::crashed, 0.1, "SIGABRT")});
  make(TestFinished{999, Verdict::failed, "unknown", {}});
  Lines lines;
  feed(*lines.view, make.events);
  EXPECT_EQ(split_lines(lines.text).size(), 21u);
  EXPECT_NE(lines.text.find("[1000/1000] CRASH   unit/case999 (0.1 s): SIGABRT\n"), std::string::npos)
      << lines.text;

  Lines all({}, true);
  feed(*all.view, make.events);
  EXPECT_EQ(split_lines(all.text).size(), 1000u);
}

TEST(LinesView, BreaksALongSilence) {
  EventMaker make = listed(3);
  make.at(1, AttemptStarted{0, 1, 0, "c"});
  make.at(3, AttemptStarted{1, 1, 1, "c"});
  Lines lines;
  feed(*lines.view, make.events);
  lines.view->tick(Seconds(14.9));
  EXPECT_EQ(lines.text, "");
  lines.view->tick(Seconds(15));
  EXPECT_EQ(lines.text,
            "[0/3] 0 passed, 0 failed, 0 flaky, 0 skipped after 0:15; running: unit/case0 (14 s), unit/case1 "
            "(12 s)\n");
  lines.text.clear();
  lines.view->tick(Seconds(29));
  EXPECT_EQ(lines.text, "");
}

TEST(LinesView, SaysThatItIsStillPreparing) {
  Lines lines;
  lines.view->tick(Seconds(20));
  EXPECT_EQ(lines.text, "still preparing after 0:20\n");
}

TEST(LinesView, CallsATestSlowEachTimeItsAgeDoubles) {
  EventMaker make = listed(1);
  make.at(0, AttemptStarted{0, 1, 0, "c"});
  ProgressLines::Settings settings;
  settings.slow = Seconds(2);
  Lines lines(settings);
  feed(*lines.view, make.events);
  for (int tenths = 0; tenths <= 90; ++tenths) lines.view->tick(Seconds(tenths / 10.0));
  EXPECT_EQ(lines.text,
            "      SLOW    unit/case0 (running for 2.0 s)\n      SLOW    unit/case0 (running for 4.0 s)\n"
            "      SLOW    unit/case0 (running for 8.0 s)\n");
}

TEST(LinesView, TellsAFailedAttemptOnceWhenItsVerdictFollows) {
  EventMaker make = listed(2);
  make(AttemptStarted{0, 1, 0, "c"});
  make(AttemptFinished{attempt_of(0, 1, Outcome::failed, 0.1, "no")});
  Lines judged_at_once;
  feed(*judged_at_once.view, make.events);
  judged_at_once.view->consume(make(TestFinished{0, Verdict::failed, {}, {}}));
  EXPECT_EQ(judged_at_once.text, "[1/2] FAIL    unit/case0 (0.1 s): no\n");
}

TEST(LinesView, ShowsOutputAtOnceWhenAsked) {
  EventMaker make = listed(1);
  AttemptRecord record = attempt_of(0, 1, Outcome::failed, 0.1, "no");
  record.output = "first\nsecond\x1b[0m\n";
  make(AttemptFinished{record});
  ProgressLines::Settings settings;
  settings.show_output = true;
  Lines lines(settings);
  feed(*lines.view, make.events);
  EXPECT_EQ(lines.text, "      FAIL    unit/case0, attempt 1 (0.1 s): no\n    first\n    second\\x1b[0m\n");
}

class Live {
 public:
  explicit Live(int columns)
      : screen(columns),
        width(columns),
        view(make_bar_view(
            [this](std::string_view bytes) {
              ++writes;
              screen.write(bytes);
            },
            Palette(true), {ProgressLines::Choice::what_matters, false, Seconds(60)},
            [this] { return width; })) {}
  TerminalScreen screen;
  int width;
  int writes = 0;
  std::unique_ptr<ProgressView> view;
};

TEST(BarView, ShowsWhatRunsAndKeepsWhatFailed) {
  Live live(100);
  std::string frames;
  for (const Event& event : sample_run()) {
    live.view->consume(event);
    live.view->tick(event.elapsed);
    if (event.sequence % 9 == 0) frames += live.screen.text() + "-----\n";
  }
  live.view->finish();
  frames += live.screen.text();
  EXPECT_EQ(frames, golden("report_bar_frames.txt", frames));
  EXPECT_FALSE(live.screen.cursor_hidden());
}

TEST(BarView, DrawsAtMostTenTimesASecondAndOnceEach) {
  Live live(80);
  for (int millisecond = 0; millisecond < 1000; ++millisecond) live.view->tick(Seconds(millisecond / 1000.0));
  EXPECT_LE(live.writes, 11);
  EXPECT_GE(live.writes, 9);
}

TEST(BarView, NamesTheEightOldestOfManyRunningTests) {
  EventMaker make = listed(20);
  for (TestIndex test = 0; test < 12; ++test) make(AttemptStarted{test, 1, static_cast<int>(test), "c"});
  Live live(60);
  feed(*live.view, make.events);
  live.view->tick(Seconds(30));
  const std::string text = live.screen.text();
  EXPECT_NE(text.find("unit/case7"), std::string::npos);
  EXPECT_EQ(text.find("unit/case8"), std::string::npos);
  EXPECT_NE(text.find("and 4 more"), std::string::npos);
  EXPECT_LT(text.find("unit/case0"), text.find("unit/case1"));
}

TEST(BarView, FitsANarrowTerminal) {
  EventMaker make = listed(1200);
  for (TestIndex test = 0; test < 60; ++test) pass(make, test);
  make(AttemptStarted{70, 2, 0, "c"});
  for (int columns = 20; columns < 120; ++columns) {
    Live live(columns);
    feed(*live.view, make.events);
    live.view->tick(make.events.back().elapsed + Seconds(40));
    live.view->tick(make.events.back().elapsed + Seconds(41));
    // Two lines of frame and the cursor below: nothing was broken, nothing was left behind.
    ASSERT_EQ(live.screen.cursor_row(), 2u) << columns << "\n" << live.screen.text();
    ASSERT_EQ(split_lines(live.screen.text()).size(), 3u) << columns << "\n" << live.screen.text();
  }
}

TEST(BarView, GoesUpFurtherAfterTheTerminalBecameNarrow) {
  EventMaker make = listed(10);
  make(AttemptStarted{0, 1, 0, "c"});
  std::string written;
  int columns = 120;
  const auto view = make_bar_view([&](std::string_view bytes) { written = bytes; }, Palette(false), {},
                                  [&] { return columns; });
  feed(*view, make.events);
  view->tick(Seconds(5));
  columns = 30;
  view->tick(Seconds(6));
  EXPECT_EQ(written.substr(0, 4), "\x1b[3A");
}

TEST(CutToColumns, CountsColumnsNotBytes) {
  EXPECT_EQ(display_columns("aü€"), 3);
  EXPECT_EQ(display_columns("漢字"), 4);
  EXPECT_EQ(cut_to_columns("漢字漢字", 5), "漢字…");
  EXPECT_EQ(cut_to_columns("short", 5), "short");
  EXPECT_EQ(cut_front_to_columns("unit/net.case", 8), "…et.case");
  EXPECT_EQ(cut_to_columns("abc", 0), "");
}

TEST(OneLine, CutsBetweenCharacters) {
  EXPECT_EQ(one_line("aüb", 2), "a…");
  EXPECT_EQ(one_line("two\nlines\t"), "two lines");
}

}  // namespace
}  // namespace sharder
