#include "sharder/report/log_files.hpp"

#include <gtest/gtest.h>

#include <set>

#include "sharder/report/journal/journal.hpp"
#include "sharder/report/journal/journal_reader.hpp"
#include "sharder/support/files.hpp"
#include "tests/unit/report/sample_run.hpp"
#include "tests/unit/report/temporary_directory.hpp"

namespace sharder {
namespace {

TEST(LogPath, IsSafeShortAndDistinct) {
  const std::string nasty = "../../etc/passwd\n; rm -rf / \"x\"";
  const std::string path = log_path(nasty, 1);
  EXPECT_EQ(path.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./"),
            std::string::npos);
  EXPECT_EQ(path.find('/'), path.rfind('/'));
  EXPECT_LT(log_path(std::string(5000, 'x'), 12345).size(), 160u);
  const std::set<std::string> distinct{log_path("a b", 1), log_path("a/b", 1), log_path("a b", 2),
                                       log_path("", 1)};
  EXPECT_EQ(distinct.size(), 4u);
}

TEST(LogFiles, KeepsTheOutputOfEveryAttemptThatSaidSomething) {
  const TemporaryDirectory directory;
  LogFiles logs(directory.path());
  feed(logs, sample_run());
  EXPECT_EQ(logs.finish(), "");
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory / "logs")) ++files;
  EXPECT_EQ(files, 3u);
  EXPECT_EQ(read_file(directory / log_path("unit/Net.counts", 2)),
            "connecting\nnet_test.cpp:12: Failure\nexpected 3, got 4\n");
}

TEST(LogFiles, AddsDetailsThatTheOutputLacks) {
  const TemporaryDirectory directory;
  LogFiles logs(directory.path());
  EventMaker make;
  make.list("unit/a");
  AttemptRecord record = attempt_of(0, 1, Outcome::failed, 1);
  record.output = "hello";
  record.details = "Traceback";
  make(AttemptFinished{record});
  feed(logs, make.events);
  EXPECT_EQ(read_file(directory / log_path("unit/a", 1)), "hello\n\nTraceback\n");
}

TEST(LogFiles, FollowsNoLinkThatSomebodyLaid) {
  const TemporaryDirectory directory;
  LogFiles logs(directory.path());
  std::filesystem::create_symlink(directory / "precious", directory / log_path("unit/Net.counts", 1));
  feed(logs, sample_run());
  EXPECT_FALSE(std::filesystem::exists(directory / "precious"));
  EXPECT_NE(logs.finish(), "");
}

TEST(ReadRun, BringsOutputBackFromTheLogs) {
  const TemporaryDirectory directory;
  {
    LogFiles logs(directory.path());
    Journal journal(directory / "journal.ndjson");
    for (const Event& event : sample_run()) {
      logs.consume(event);
      journal.consume(event);
    }
  }
  bool found = false;
  const JournalContent journal = read_run(directory.path());
  for (const Event& event : journal.events)
    if (const auto* finished = std::get_if<AttemptFinished>(&event.payload))
      found = found || finished->record.output == "connecting\nnet_test.cpp:12: Failure\nexpected 3, got 4\n";
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace sharder
