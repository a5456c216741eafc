#include "sharder/report/reports.hpp"

#include <gtest/gtest.h>

#include "sharder/support/files.hpp"
#include "tests/unit/report/sample_run.hpp"
#include "tests/unit/report/temporary_directory.hpp"

namespace sharder {
namespace {

class ReportsTest : public testing::Test {
 protected:
  std::string run() {
    settings.directory = directory.path();
    settings.write_output = [this](std::string_view bytes) { output += bytes; };
    settings.write_error = [this](std::string_view bytes) { error += bytes; };
    const std::unique_ptr<Reports> reports = make_reports(settings);
    for (const Event& event : sample_run()) {
      reports->consume(event);
      reports->tick(event.elapsed);
    }
    return reports->finish();
  }
  TemporaryDirectory directory;
  ReportSettings settings;
  std::string output, error;
};

TEST_F(ReportsTest, LeavesEverythingTheContractNames) {
  EXPECT_EQ(run(), "");
  for (const char* const name :
       {"journal.ndjson", "results.json", "junit.xml", "results.subunit", "trace.json", "logs"})
    EXPECT_TRUE(std::filesystem::exists(directory / name)) << name;
}

TEST_F(ReportsTest, TellsProgressOnErrorAndResultsOnOutput) {
  run();
  EXPECT_NE(error.find("[1/7] PASS    unit/Net.connects"), std::string::npos);
  EXPECT_EQ(output.find("PASS"), std::string::npos);
  EXPECT_NE(output.find("7 tests: 1 passed, 2 failed"), std::string::npos);
  EXPECT_EQ(error.find('\x1b'), std::string::npos);
}

TEST_F(ReportsTest, LeavesOutputToACopyThatWasAskedForThere) {
  settings.copies = {{"ctrf", "-"}};
  run();
  EXPECT_EQ(output, read_file(directory / "results.json"));
  EXPECT_NE(error.find("7 tests: 1 passed"), std::string::npos);
}

TEST_F(ReportsTest, SaysNothingOnTheWayWhenAskedForNone) {
  settings.progress = "none";
  run();
  EXPECT_EQ(error, "");
  EXPECT_NE(output, "");
}

TEST_F(ReportsTest, DrawsABarOnATerminal) {
  settings.error_is_terminal = true;
  run();
  EXPECT_NE(error.find("\x1b[?25l"), std::string::npos);
  EXPECT_NE(error.find("\x1b[31m"), std::string::npos);
}

TEST_F(ReportsTest, ObeysNoColorUnlessColourIsForced) {
  settings.output_is_terminal = settings.no_color = true;
  run();
  EXPECT_EQ(output.find("\x1b["), std::string::npos);
  output.clear();
  settings.color = "always";
  run();
  EXPECT_NE(output.find("\x1b["), std::string::npos);
}

TEST_F(ReportsTest, HidesOutputOfFailuresWhenAsked) {
  settings.output_on_failure = "never";
  run();
  EXPECT_EQ(output.find("| net_test.cpp"), std::string::npos);
  EXPECT_EQ(error.find("    net_test.cpp"), std::string::npos);
}

TEST_F(ReportsTest, ShowsOutputOfFailuresAtOnceWhenAsked) {
  settings.output_on_failure = "immediate";
  run();
  EXPECT_EQ(output.find("| net_test.cpp"), std::string::npos);
  EXPECT_NE(error.find("    net_test.cpp:12: Failure"), std::string::npos);
}

}  // namespace
}  // namespace sharder
