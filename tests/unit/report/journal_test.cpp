#include "sharder/report/journal/journal.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sharder/report/journal/journal_reader.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "tests/unit/report/journal_lines.hpp"
#include "tests/unit/report/sample_run.hpp"
#include "tests/unit/report/temporary_directory.hpp"

namespace sharder {
namespace {

TEST(Journal, WritesOneObjectALine) {
  const std::string text = journal_lines(sample_run());
  EXPECT_EQ(text, golden("report_journal.txt", text));
}

TEST(Journal, IsReadBackAsItWasWritten) {
  const std::string text = journal_lines(sample_run());
  const JournalContent content = parse_journal(text);
  EXPECT_EQ(content.bad_lines, 0u);
  EXPECT_EQ(content.events.size(), sample_run().size());
  // What is read back lacks only the output, whose trace is the name of the log.
  std::vector<Event> without_output = sample_run();
  for (Event& event : without_output)
    if (auto* finished = std::get_if<AttemptFinished>(&event.payload)) finished->record.output.clear();
  EXPECT_EQ(journal_lines(content.events), journal_lines(without_output));
}

TEST(Journal, TellsWhichPartItIs) {
  const std::string text = journal_lines(sample_part());
  EXPECT_NE(text.find(R"("privileged":false,"part":2,"parts":3)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("event":"run.divided","division":"0123abcd-12-3","tests":12)"), std::string::npos);
  const JournalContent read = parse_journal(text);
  EXPECT_EQ(read.bad_lines, 0u);
  EXPECT_EQ(std::get<RunStarted>(read.events.at(0).payload).part, 2);
  EXPECT_EQ(std::get<RunDivided>(read.events.at(1).payload).tests, 12u);
}

TEST(Journal, LeavesOutputToTheLogs) {
  EventMaker make;
  make(AttemptOutput{0, 1, 0, "secret"});
  EXPECT_EQ(journal_lines(make.events), "");
}

TEST(JournalReader, PassesOverWhatIsTornOrUnknown) {
  const std::string text = journal_lines(sample_run());
  const std::string spoilt = "not json\n" + text + "{\"event\":\"from.the.future\"}\n" +
                             "{\"event\":\"attempt.started\",\"test\":\"nobody\"}\n[1]\n" +
                             text.substr(0, 40);
  const JournalContent content = parse_journal(spoilt);
  EXPECT_EQ(content.events.size(), sample_run().size());
  EXPECT_EQ(content.bad_lines, 5u);
}

TEST(JournalReader, SurvivesEveryTear) {
  const std::string text = journal_lines(sample_run());
  for (std::size_t length = 0; length < text.size(); length += 61) {
    const JournalContent content = parse_journal(std::string_view(text).substr(0, length));
    EXPECT_LE(content.bad_lines, 1u);
  }
}

TEST(JournalReader, SurvivesFieldsOfOtherTypes) {
  const JournalContent content = parse_journal(
      "{\"event\":\"run.finished\",\"counts\":[],\"exit_status\":\"x\",\"makespan\":null}\n"
      "{\"event\":\"test.listed\",\"test\":\"a\",\"locks\":[1,{}],\"cores\":\"two\"}\n"
      "{\"event\":7}\n{\"event\":\"test.finished\",\"test\":\"a\",\"verdict\":\"splendid\"}\n");
  EXPECT_EQ(content.events.size(), 2u);
  EXPECT_EQ(content.bad_lines, 2u);
}

TEST(JournalReader, SurvivesNumbersAndTimesBeyondItsTypes) {
  const JournalContent content = parse_journal(
      "{\"event\":\"clone.ready\",\"worker\":1e300,\"seconds\":1e308,\"seq\":-1,\"elapsed\":-1e308,"
      "\"time\":\"2147483647-01-01T00:00:00.000000Z\"}\n");
  ASSERT_EQ(content.events.size(), 1u);
  const Event& event = content.events[0];
  EXPECT_EQ(std::get<CloneReady>(event.payload).worker, 0);
  EXPECT_LT(std::get<CloneReady>(event.payload).duration, Seconds(1e10));
  EXPECT_EQ(event.time, std::chrono::system_clock::time_point());
  EXPECT_EQ(event.elapsed, Seconds(0));
}

TEST(Journal, EscapesTheNamesOfSuites) {
  EventMaker make;
  RunStarted run;
  run.suites["a\"b\n"] = "each";
  make(run);
  const JournalContent content = parse_journal(journal_lines(make.events));
  EXPECT_EQ(content.bad_lines, 0u);
  EXPECT_EQ(std::get<RunStarted>(content.events.at(0).payload).suites.count("a\"b\n"), 1u);
}

TEST(JournalReader, KeepsATestsFirstPositionWhenARunGoesOn) {
  const std::string text = journal_lines(sample_run());
  const JournalContent content = parse_journal(text + text);
  std::size_t listed = 0;
  for (const Event& event : content.events)
    listed += std::holds_alternative<TestListed>(event.payload) ? 1 : 0;
  EXPECT_EQ(listed, 7u);
}

TEST(JournalReader, RefusesANewerFormat) {
  const TemporaryDirectory directory;
  write_file(directory / "journal.ndjson", "{\"seq\":1,\"event\":\"run.started\",\"format\":99}\n");
  EXPECT_THROW(read_journal(directory / "journal.ndjson"), ConfigError);
}

TEST(Journal, CutsATornLineOffBeforeItGoesOn) {
  const TemporaryDirectory directory;
  const std::filesystem::path path = directory / "journal.ndjson";
  write_file(path, "{\"seq\":1,\"ev");
  Journal journal(path);
  EventMaker make;
  journal.consume(make(Draining{"SIGINT"}));
  EXPECT_EQ(journal.finish(), "");
  const JournalContent content = parse_journal(read_file(path));
  EXPECT_EQ(content.events.size(), 1u);
  EXPECT_EQ(content.bad_lines, 0u);
}

TEST(Journal, WritesAtTheLatestWithTheNextEventThatCounts) {
  const TemporaryDirectory directory;
  const std::filesystem::path path = directory / "journal.ndjson";
  Journal journal(path);
  EventMaker make;
  make.list("unit/a");
  journal.consume(make.events.back());
  journal.consume(make.at(0.11, AttemptStarted{0, 1, 0, "c1"}));
  EXPECT_EQ(read_file(path), "");
  journal.consume(make(AttemptFinished{attempt_of(0, 1, Outcome::passed, 0.1)}));
  EXPECT_EQ(parse_journal(read_file(path)).events.size(), 3u);
}

TEST(Journal, RemembersAFullDiskAndGoesOn) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  Journal journal("/dev/full");
  feed(journal, sample_run());
  EXPECT_NE(journal.finish().find("no space left on device"), std::string::npos);
}

}  // namespace
}  // namespace sharder
