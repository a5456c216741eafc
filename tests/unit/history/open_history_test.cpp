// Which files are used, which are set aside or left alone, and that none stops anybody.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sharder/history/database.hpp"
#include "sharder/history/schema.hpp"
#include "sharder/support/files.hpp"
#include "tests/unit/history/sample_runs.hpp"

namespace sharder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

class OpeningAHistory : public HistoryTest {
 protected:
  void record_one_run() const {
    RecordedRun run = run_of_day(0);
    run.tests = {passed_test("a", 2)};
    open()->record(run);
  }
  void put(const std::string& content) const {
    std::filesystem::create_directories(file().parent_path());
    write_file(file(), content);
  }
  void put_sql(const std::string& sql) const {
    put("");
    execute(sql);
  }
  std::string only_notice(const OpenedHistory& opened) const {
    EXPECT_EQ(opened.notices.size(), 1u);
    return opened.notices.empty() ? "" : opened.notices.front();
  }
};

TEST_F(OpeningAHistory, MakesFileAndDirectories) {
  EXPECT_TRUE(open());
  EXPECT_THAT(files(), ElementsAre("history.db"));
  EXPECT_EQ(number("PRAGMA user_version"), newest_schema);
  struct stat status {};
  ASSERT_EQ(::stat(file().parent_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_F(OpeningAHistory, GivesWhatItMakesToTheOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  HistorySettings settings;
  settings.owner = FileOwner{12345, 23456};
  OpenedHistory opened = open_history(file(), settings);
  ASSERT_TRUE(opened.history);
  opened.history->record(run_of_day(0));
  for (const std::string name : {"", "/history.db", "/history.db-wal", "/history.db-shm"}) {
    struct stat status {};
    ASSERT_EQ(::stat((file().parent_path().string() + name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_uid, 12345u) << name;
    EXPECT_EQ(status.st_gid, 23456u) << name;
  }
  struct stat above {};
  ASSERT_EQ(::stat(directory_.path().c_str(), &above), 0);
  EXPECT_EQ(above.st_uid, ::geteuid()) << "what was there stays whose it was";
}

TEST_F(OpeningAHistory, WritesAheadSoThatReadersNeedNotWait) {
  const auto history = open();
  Database other(file(), Database::Access::read_write, 0);
  Statement mode(other, "PRAGMA journal_mode");
  ASSERT_TRUE(mode.step());
  EXPECT_EQ(mode.text(0), "wal");
}

TEST_F(OpeningAHistory, SetsRubbishAside) {
  put("this is no database, however long one looks at it\n");
  OpenedHistory opened = open_with_notices();
  EXPECT_TRUE(opened.history);
  EXPECT_THAT(only_notice(opened), HasSubstr("damaged"));
  EXPECT_THAT(only_notice(opened), HasSubstr("history.db.broken-"));
  opened.history.reset();
  const std::vector<std::string> names = files();
  ASSERT_EQ(names.size(), 2u);
  EXPECT_THAT(names[1], MatchesRegex("history\\.db\\.broken-[0-9]{8}-[0-9]{6}"));
  EXPECT_EQ(read_file(file().parent_path() / names[1]),
            "this is no database, however long one looks at it\n");
}

TEST_F(OpeningAHistory, SetsAnotherDamagedFileOfTheSameSecondAsideToo) {
  for (int i = 0; i < 3; ++i) {
    put("rubbish " + std::string(200, 'x'));
    EXPECT_TRUE(open_with_notices().history);
  }
  EXPECT_EQ(files().size(), 4u);
}

TEST_F(OpeningAHistory, DamageThatShowsLaterEmptiesThePastAndDoesNotStopARecord) {
  RecordedRun big = run_of_day(0);
  for (int i = 0; i < 2000; ++i) big.tests.push_back(passed_test("test number " + std::to_string(i), 1));
  open()->record(big);
  const std::string content = read_file(file());
  put(content.substr(0, 8192) + std::string(content.size() - 8192, '\x5a'));

  const OpenedHistory opened = open_with_notices();
  ASSERT_TRUE(opened.history);
  EXPECT_THAT(opened.history->past("p", "box").tests, IsEmpty());
  EXPECT_THAT(opened.history->take_notices(), ElementsAre(HasSubstr("damaged")));
  RecordedRun next = run_of_day(1);
  next.tests = {passed_test("a", 2)};
  EXPECT_TRUE(opened.history->record(next));
  EXPECT_EQ(opened.history->past("p", "box").tests.size(), 1u);
}

TEST_F(OpeningAHistory, LeavesANewerOneAlone) {
  record_one_run();
  execute("PRAGMA user_version = 99");
  const std::string before = read_file(file());
  const OpenedHistory opened = open_with_notices();
  EXPECT_FALSE(opened.history);
  EXPECT_THAT(only_notice(opened), HasSubstr("newer sharder (version 99"));
  EXPECT_EQ(read_file(file()), before);
  EXPECT_THAT(files(), ElementsAre("history.db"));
}

TEST_F(OpeningAHistory, LeavesAnotherProgramsDatabaseAlone) {
  put_sql("CREATE TABLE bookmarks(url TEXT); INSERT INTO bookmarks VALUES('https://example.org')");
  const OpenedHistory opened = open_with_notices();
  EXPECT_FALSE(opened.history);
  EXPECT_THAT(only_notice(opened), HasSubstr("another program"));
  EXPECT_EQ(number("SELECT count(*) FROM bookmarks"), 1);
}

TEST_F(OpeningAHistory, DoesWithoutALockedOne) {
  put("");
  Database other(file(), Database::Access::read_write, 0);
  other.execute("BEGIN EXCLUSIVE; CREATE TABLE t(x)");
  const OpenedHistory opened = open_with_notices();
  EXPECT_FALSE(opened.history);
  EXPECT_THAT(only_notice(opened), HasSubstr("locked by another program"));
  other.execute("COMMIT");
}

TEST_F(OpeningAHistory, ReadsWhileAnotherWrites) {
  record_one_run();
  const auto history = open();
  Database other(file(), Database::Access::read_write, 0);
  other.execute("BEGIN IMMEDIATE; DELETE FROM tests");
  EXPECT_EQ(history->past("p", "box").tests.size(), 1u);
  EXPECT_THAT(history->take_notices(), IsEmpty());
  other.execute("ROLLBACK");
}

TEST_F(OpeningAHistory, OnlyReadsWhatNobodyMayWrite) {
  record_one_run();
  std::filesystem::permissions(file(), std::filesystem::perms(0444));
  const OpenedHistory opened = open_with_notices();
  ASSERT_TRUE(opened.history);
  EXPECT_THAT(only_notice(opened), HasSubstr("read-only"));
  EXPECT_TRUE(opened.history->read_only());
  EXPECT_EQ(opened.history->past("p", "box").tests.size(), 1u);
  EXPECT_THAT(files(), ElementsAre("history.db")) << "reading leaves no trace";
}

TEST_F(OpeningAHistory, OfARubbishFileThatIsReadOnlyTouchesNothing) {
  put("rubbish " + std::string(200, 'x'));
  std::filesystem::permissions(file(), std::filesystem::perms(0444));
  EXPECT_FALSE(open_with_notices().history);
  EXPECT_THAT(files(), ElementsAre("history.db"));
}

TEST_F(OpeningAHistory, ThatIsADirectoryOrCannotBeMadeIsDoneWithout) {
  std::filesystem::create_directories(file());
  EXPECT_THAT(only_notice(open_with_notices()), HasSubstr("is no file"));
  write_file(directory_ / "plain", "");
  const OpenedHistory opened = open_history(directory_ / "plain/sub/history.db");
  EXPECT_FALSE(opened.history);
  EXPECT_THAT(only_notice(opened), HasSubstr("there is no history"));
}

TEST_F(OpeningAHistory, BringsAnOlderOneUpToDate) {
  put_sql(read_file(std::string(SHARDER_TEST_DATA) + "/unit/history/data/schema_1.sql"));
  const auto history = open();
  ASSERT_TRUE(history);
  const Past past = history->past("p", "box");
  EXPECT_EQ(past.runs, 1);
  EXPECT_DOUBLE_EQ(past.tests.at("good").expected.count(), 2);
  EXPECT_DOUBLE_EQ(past.tests.at("bad").longest_failure.count(), 3);
  EXPECT_EQ(past.tests.at("unsure").runs_since_failure, 0);
  EXPECT_THAT(history->not_passed_in_last_run("p"), ElementsAre("bad", "unsure"));
  EXPECT_EQ(number("PRAGMA user_version"), newest_schema);
  RecordedRun run = run_of_day(0);
  run.tests = {passed_test("good", 2)};
  run.process_startup["unit"] = Seconds(1);
  EXPECT_TRUE(history->record(run));
  EXPECT_EQ(history->past("p", "box").tests.at("good").durations, 2);
}

TEST_F(OpeningAHistory, OfAnOlderOneThatIsReadOnlyDoesWithout) {
  put_sql(read_file(std::string(SHARDER_TEST_DATA) + "/unit/history/data/schema_1.sql"));
  std::filesystem::permissions(file(), std::filesystem::perms(0444));
  const OpenedHistory opened = open_with_notices();
  EXPECT_FALSE(opened.history);
  EXPECT_THAT(only_notice(opened), HasSubstr("older sharder and read-only"));
}

TEST(DefaultHistoryFile, IsInTheStateDirectory) {
  EXPECT_EQ(default_history_file({{"XDG_STATE_HOME", "/state"}}, "/home/ada"), "/state/sharder/history.db");
  EXPECT_EQ(default_history_file({}, "/home/ada"), "/home/ada/.local/state/sharder/history.db");
  EXPECT_EQ(default_history_file({{"XDG_STATE_HOME", "state"}}, "/home/ada"),
            "/home/ada/.local/state/sharder/history.db");
  EXPECT_EQ(default_history_file({{"XDG_STATE_HOME", ""}}, "/home/ada"),
            "/home/ada/.local/state/sharder/history.db");
}

}  // namespace
}  // namespace sharder
