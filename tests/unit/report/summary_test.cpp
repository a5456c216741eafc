#include "sharder/report/summary.hpp"

#include <gtest/gtest.h>

#include "sharder/report/failure_groups.hpp"
#include "tests/unit/report/sample_run.hpp"

namespace sharder {
namespace {

std::string summary_of(const std::vector<Event>& events, bool colourful = false) {
  RunRecord record;
  feed(record, events);
  SummarySettings settings;
  settings.palette = Palette(colourful);
  settings.directory = ".sharder/runs/20261122-120000-abcd";
  return summarise(record, settings);
}

std::vector<Event> many_failures() {
  EventMaker make;
  make(sample_start());
  for (int i = 0; i < 30; ++i) make.list("unit/Many.case" + std::to_string(i));
  for (std::size_t i = 0; i < 30; ++i) {
    const bool refused = i % 5 != 0;
    const std::string number = std::to_string(i);
    AttemptRecord record = attempt_of(i, 1, Outcome::failed, 0.1 + 0.01 * static_cast<double>(i),
                                      refused ? "port " + number + " refused" : "expected " + number);
    record.output = "one\ntwo\nthree\nfour\nfive\nsix\n";
    make(AttemptFinished{record});
    make(TestFinished{i, Verdict::failed, "deterministic", {}});
  }
  RunFinished finished;
  finished.exit_status = 1;
  finished.makespan = Seconds(3);
  finished.serial_sum = Seconds(6);
  make(finished);
  return make.events;
}

std::vector<Event> good_run() {
  EventMaker make;
  RunStarted start = sample_start();
  start.privileged = true;
  make(start);
  make.list("unit/a");
  make(AttemptFinished{attempt_of(0, 1, Outcome::passed, 0.1)});
  make(TestFinished{0, Verdict::passed, {}, {}});
  RunFinished finished;
  finished.exit_status = 0;
  finished.makespan = Seconds(0.2);
  finished.serial_sum = Seconds(0.1);
  make(finished);
  return make.events;
}

TEST(Summary, TellsEverythingOfAMixedRun) {
  const std::string text = summary_of(sample_run());
  EXPECT_EQ(text, golden("report_summary_mixed.txt", text));
}

TEST(Summary, IsShortForAGoodRun) {
  const std::string text = summary_of(good_run());
  EXPECT_EQ(text, golden("report_summary_good.txt", text));
}

TEST(Summary, GroupsManyFailuresByMessage) {
  const std::string text = summary_of(many_failures());
  EXPECT_EQ(text, golden("report_summary_grouped.txt", text));
}

TEST(Summary, SaysThatARunWasKilled) {
  std::vector<Event> events = sample_run();
  events.resize(14);
  const std::string text = summary_of(events);
  EXPECT_NE(text.find("this run is incomplete: it was killed"), std::string::npos);
  EXPECT_NE(text.find("6 not run"), std::string::npos);
}

TEST(Summary, SaysWhichPartItIs) {
  EXPECT_NE(summary_of(sample_part()).find("\npart 2 of 3, which have 12 tests together;"), std::string::npos);
}

TEST(Summary, LetsNothingFromAClonePassUnprinted) {
  EventMaker make;
  make(sample_start());
  make.list("unit/a\x1b]0;owned\x07");
  AttemptRecord record = attempt_of(0, 1, Outcome::failed, 0.1, "bad\x1b[2J\nsecond line");
  record.output = "out\x1b[31m\xff\n";
  record.leaks = {{1, "evil\x1b[H"}};
  make(AttemptFinished{record});
  make(TestFinished{0, Verdict::failed, "cause\x1b", "note\x1b"});
  const std::string text = summary_of(make.events);
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
  EXPECT_EQ(text.find('\xff'), std::string::npos);
}

TEST(Summary, ColoursOnlyWhenAsked) {
  EXPECT_NE(summary_of(sample_run(), true).find("\x1b[31m"), std::string::npos);
}

TEST(MessageShape, LeavesNumbersAndAddressesOut) {
  EXPECT_EQ(message_shape("expected 3, got 0x7f12ab at t1.c:12"), "expected #, got # at t#.c:#");
}

TEST(MessageShape, KeepsApartWhatEndedWithDifferentStatuses) {
  EXPECT_EQ(message_shape("exit status 7"), "exit status 7");
  EXPECT_EQ(message_shape("died without a plan, exit status 255"), "died without a plan, exit status 255");
}

}  // namespace
}  // namespace sharder
