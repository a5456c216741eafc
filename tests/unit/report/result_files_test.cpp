#include "sharder/report/formats/result_files.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <set>

#include "sharder/report/formats/junit.hpp"
#include "sharder/report/formats/report_kinds.hpp"
#include "sharder/suites/subunit2.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "tests/unit/report/sample_run.hpp"
#include "tests/unit/report/temporary_directory.hpp"

namespace sharder {
namespace {

std::string render(std::string_view kind, const std::vector<Event>& events) {
  RunRecord record;
  feed(record, events);
  return render_report(kind, record).value();
}

TEST(Ctrf, TellsEverythingOfAMixedRun) {
  const std::string pretty = nlohmann::json::parse(render("ctrf", sample_run())).dump(1) + "\n";
  EXPECT_EQ(pretty, golden("report_ctrf.txt", pretty));
}

TEST(Ctrf, MapsVerdictsToItsStatuses) {
  const auto report = nlohmann::json::parse(render("ctrf", sample_run()));
  std::map<std::string, std::string> statuses;
  for (const auto& test : report["results"]["tests"]) statuses[test["extra"]["verdict"]] = test["status"];
  EXPECT_EQ(statuses, (std::map<std::string, std::string>{{"passed", "passed"},
                                                          {"failed", "failed"},
                                                          {"flaky", "passed"},
                                                          {"skipped", "skipped"},
                                                          {"lost", "other"},
                                                          {"not-run", "pending"}}));
  const auto& summary = report["results"]["summary"];
  EXPECT_EQ(summary["tests"], 7);
  EXPECT_EQ(summary["passed"].get<int>() + summary["failed"].get<int>() + summary["skipped"].get<int>() +
                summary["pending"].get<int>() + summary["other"].get<int>(),
            7);
}

TEST(Ctrf, SaysWhichPartItIs) {
  const auto extra = nlohmann::json::parse(render("ctrf", sample_part()))["results"]["summary"]["extra"];
  EXPECT_EQ(extra["part"], 2);
  EXPECT_EQ(extra["parts"], 3);
  EXPECT_EQ(extra["division"], "0123abcd-12-3");
}

TEST(Junit, SaysWhichPartItIs) {
  const std::string xml = render("junit", sample_part());
  EXPECT_NE(xml.find("<property name=\"sharder.part\" value=\"2/3\"/>"), std::string::npos);
  EXPECT_NE(xml.find("<property name=\"sharder.division\" value=\"0123abcd-12-3\"/>"), std::string::npos);
}

TEST(Junit, TellsEverythingOfAMixedRun) {
  const std::string xml = render("junit", sample_run());
  EXPECT_EQ(xml, golden("report_junit.txt", xml));
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(xml.c_str()));
  EXPECT_EQ(document.select_nodes("//testcase").size(), 7u);
  EXPECT_EQ(document.select_nodes("//testcase/failure").size(), 1u);
  EXPECT_EQ(document.select_nodes("//testcase/rerunFailure").size(), 1u);
  EXPECT_EQ(document.select_nodes("//testcase/flakyError").size(), 1u);
  EXPECT_EQ(document.select_nodes("//testcase/error").size(), 2u);
}

TEST(Junit, IsValidXmlWhateverATestWrote) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  bytes += "]]>\xEF\xBF\xBE\xEF\xBF\xBF\xED\xA0\x80&amp;";
  EventMaker make;
  make(sample_start());
  make.list("unit/" + bytes);
  AttemptRecord record = attempt_of(0, 1, Outcome::failed, 0.1, bytes);
  record.output = record.details = bytes;
  make(AttemptFinished{record});
  make(TestFinished{0, Verdict::failed, {}, {}});
  const std::string xml = render("junit", make.events);
  pugi::xml_document document;
  const pugi::xml_parse_result result = document.load_string(xml.c_str());
  EXPECT_TRUE(result) << result.description();
  // pugixml is lenient; XML 1.0 knows these three of the characters below a blank, and no others.
  for (const char c : xml)
    EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t' || c == '\r');
  EXPECT_EQ(xml.find("\xEF\xBF\xBF"), std::string::npos);
  EXPECT_EQ(xml.find("]]>"), std::string::npos);
}

TEST(Subunit, SaysTheVerdictOfEveryTestOnce) {
  Subunit2Decoder decoder;
  std::map<std::string, SubunitStatus> statuses;
  for (const SubunitPiece& piece : decoder.feed(render("subunit", sample_run()))) {
    ASSERT_EQ(piece.kind, SubunitPiece::Kind::packet) << piece.text;
    const SubunitStatus status = piece.packet.status;
    if (status == SubunitStatus::none || status == SubunitStatus::in_progress) continue;
    EXPECT_TRUE(statuses.emplace(piece.packet.test, status).second);
  }
  EXPECT_TRUE(decoder.finish().empty());
  EXPECT_EQ(statuses,
            (std::map<std::string, SubunitStatus>{{"unit/Net.connects", SubunitStatus::success},
                                                  {"unit/Net.counts", SubunitStatus::fail},
                                                  {"unit/Net.waits for \"peer\"", SubunitStatus::success},
                                                  {"unit/Net.skips", SubunitStatus::skip},
                                                  {"unit/Net.crashes", SubunitStatus::fail},
                                                  {"unit/Net.vanishes", SubunitStatus::fail},
                                                  {"unit/Net.never", SubunitStatus::exists}}));
}

TEST(Subunit1, IsLinesThatOldReadersKnow) {
  const std::string text = render("subunit1", sample_run());
  EXPECT_EQ(text, golden("report_subunit1.txt", text));
}

TEST(Trace, HasALaneForEveryWorkerAndASliceForEveryAttempt) {
  const auto trace = nlohmann::json::parse(render("trace", sample_run()));
  std::size_t slices = 0;
  std::set<int> lanes;
  for (const auto& event : trace["traceEvents"]) {
    if (event["ph"] != "X") continue;
    ++slices;
    lanes.insert(event["tid"].get<int>());
  }
  EXPECT_EQ(slices, 8u);
  EXPECT_EQ(lanes, (std::set<int>{0, 1}));
}

TEST(RenderReport, KnowsWhatItDoesNotKnow) {
  EXPECT_FALSE(render_report("pdf", RunRecord{}));
}

class ResultFilesTest : public testing::Test {
 protected:
  void run(const std::vector<Event>& events) {
    RunRecord record;
    ResultFiles files(settings, record);
    for (const Event& event : events) {
      record.consume(event);
      files.consume(event);
    }
    trouble = files.finish();
  }
  ReportSettings make_settings() {
    ReportSettings made;
    made.directory = directory.path();
    made.write_output = [this](std::string_view bytes) { output += bytes; };
    return made;
  }
  TemporaryDirectory directory;
  std::string output, trouble;
  ReportSettings settings = make_settings();
};

TEST_F(ResultFilesTest, WritesEveryFileOfTheRunsDirectoryAndTheCopies) {
  settings.copies = {{"junit", directory / "copy.xml"}, {"subunit1", "-"}};
  run(sample_run());
  EXPECT_EQ(trouble, "");
  EXPECT_EQ(read_file(directory / "results.json"), render("ctrf", sample_run()));
  EXPECT_EQ(read_file(directory / "copy.xml"), read_file(directory / "junit.xml"));
  EXPECT_EQ(read_file(directory / "results.subunit"), render("subunit", sample_run()));
  EXPECT_EQ(output.substr(0, 12), "progress: 7\n");
}

TEST_F(ResultFilesTest, StreamsWhileTheRunLasts) {
  settings.copies = {{"subunit1", "-"}};
  RunRecord record;
  ResultFiles files(settings, record);
  for (const Event& event : sample_run()) {
    record.consume(event);
    files.consume(event);
    if (const auto* finished = std::get_if<TestFinished>(&event.payload);
        finished != nullptr && finished->test == 0)
      break;
  }
  EXPECT_NE(output.find("success: unit/Net.connects\n"), std::string::npos) << output;
}

TEST_F(ResultFilesTest, TellsOfTestsThatNeverGotAVerdict) {
  std::vector<Event> events = sample_run();
  events.resize(12);
  settings.copies = {{"subunit1", "-"}};
  run(events);
  EXPECT_NE(output.find("skip: unit/Net.never"), std::string::npos) << output;
}

TEST_F(ResultFilesTest, RefusesAtOnceACopyThatCannotBeWritten) {
  settings.copies = {{"junit", "/nonexistent/junit.xml"}};
  EXPECT_THROW(run({}), SystemError);
}

TEST_F(ResultFilesTest, ReportsAFullDiskAndWritesTheRest) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  settings.copies = {{"ctrf", "/dev/full"}};
  run(sample_run());
  EXPECT_NE(trouble.find("/dev/full: no space left on device"), std::string::npos) << trouble;
  EXPECT_TRUE(std::filesystem::exists(directory / "results.json"));
}

}  // namespace
}  // namespace sharder
