// CTest's own properties, which sharder must honour although CTest only lists.
#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {
namespace {

class CTestSuites : public EndToEnd {
 protected:
  /// A build directory as CMake leaves it, without the need to configure a project: `tests` is
  /// CTestTestfile.cmake.
  void ctest(const std::string& tests) {
    toml("[suite.unit]\nframework = \"ctest\"\ndirectory = \"build\"\n");
    write("build/CTestTestfile.cmake", tests);
  }
  static std::string test(const std::string& name, const std::string& body,
                          const std::string& properties = "") {
    std::string text = "add_test([=[" + name + "]=] \"/bin/sh\" \"-c\" [=[" + body + "]=])\n";
    if (!properties.empty())
      text += "set_tests_properties([=[" + name + "]=] PROPERTIES " + properties + ")\n";
    return text;
  }
};

TEST_F(CTestSuites, AreJudgedAsCTestJudges) {
  ctest(test("good", "exit 0") + test("bad", "exit 1") + test("will_fail", "exit 1", "WILL_FAIL TRUE") +
        test("will_fail_but_passes", "exit 0", "WILL_FAIL TRUE") +
        test("will_fail_but_crashes", "kill -SEGV $$", "WILL_FAIL TRUE") +
        test("says_so", "echo all fine; exit 1", "PASS_REGULAR_EXPRESSION \"all [a-f]ine\"") +
        test("says_not", "echo hm", "PASS_REGULAR_EXPRESSION \"all fine\"") +
        test("complains", "echo ERROR: no", "FAIL_REGULAR_EXPRESSION \"ERROR\"") +
        test("skips_by_word", "echo SKIPPED here; exit 1", "SKIP_REGULAR_EXPRESSION \"SKIPPED\"") +
        test("skips_by_code", "exit 4", "SKIP_RETURN_CODE 4") + test("disabled", "exit 1", "DISABLED TRUE"));
  const RunOutcome result = run({"--reruns", "0", "--order", "listed"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdict("good"), "passed");
  EXPECT_EQ(result.verdict("bad"), "failed");
  EXPECT_EQ(result.verdict("will_fail"), "passed");
  EXPECT_EQ(result.verdict("will_fail_but_passes"), "failed");
  EXPECT_EQ(result.verdict("will_fail_but_crashes"), "failed");
  EXPECT_EQ(result.verdict("says_so"), "passed");
  EXPECT_EQ(result.verdict("says_not"), "failed");
  EXPECT_EQ(result.verdict("complains"), "failed");
  EXPECT_EQ(result.verdict("skips_by_word"), "skipped");
  EXPECT_EQ(result.verdict("skips_by_code"), "skipped");
  EXPECT_EQ(result.verdict("disabled"), "skipped");
}

TEST_F(CTestSuites, GetEnvironmentDirectoryLabelsAndTimeout) {
  write("build/sub/file", "");
  ctest(
      test("environment", "test \"$COLOUR\" = 'dark red' && test \"$SHAPE\" = round",
           "ENVIRONMENT \"COLOUR=dark red;SHAPE=round\"") +
      test("directory", "test -f file", "WORKING_DIRECTORY \"" + (project() / "build/sub").string() + "\"") +
      test("label", "exit 0", "LABELS \"quick;small\"") + test("slow", "sleep 60", "TIMEOUT 0.3"));
  const RunOutcome result = run({"--reruns", "0"});
  EXPECT_EQ(result.verdict("environment"), "passed") << result.all();
  EXPECT_EQ(result.verdict("directory"), "passed") << result.all();
  EXPECT_EQ(result.outcomes("slow"), "timed-out");
  EXPECT_EQ(run({"tag:quick"}).verdicts(), "label=passed");
}

TEST_F(CTestSuites, ShareFixturesWithinAClone) {
  ctest(test("create", "echo made > /tmp/database; echo row > table", "FIXTURES_SETUP db") +
        test("drop", "test -f /tmp/database && rm /tmp/database", "FIXTURES_CLEANUP db") +
        test("reads", "cat /tmp/database && cat table", "FIXTURES_REQUIRED db") +
        test("writes", "echo more >> /tmp/database", "FIXTURES_REQUIRED db") +
        test("free", "test ! -e /tmp/database"));
  const RunOutcome result = run({"--reruns", "0"});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(result.verdict("create"), "passed");
  EXPECT_EQ(result.verdict("drop"), "passed");
  EXPECT_EQ(result.verdict("reads"), "passed");
  EXPECT_EQ(result.verdict("writes"), "passed");
  EXPECT_EQ(result.verdict("free"), "passed");
  // Choosing a test chooses its fixtures.
  EXPECT_EQ(run({"--exact", "reads"}).verdicts(), "reads=passed create=passed drop=passed");
}

TEST_F(CTestSuites, FailWithTheirFixture) {
  ctest(test("create", "echo no disk; exit 1", "FIXTURES_SETUP db") +
        test("drop", "exit 0", "FIXTURES_CLEANUP db") + test("reads", "exit 0", "FIXTURES_REQUIRED db"));
  const RunOutcome result = run({"--reruns", "0"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdict("drop"), "passed");  // as in CTest: half a set-up may leave something, too
  EXPECT_EQ(result.verdict("create"), "failed");
  EXPECT_EQ(result.verdict("reads"), "failed");
  EXPECT_NE(result.test("reads").value("message", "").find("create"), std::string::npos) << result.all();
}

TEST_F(CTestSuites, RunFixturesOfDisabledTests) {
  ctest(test("create", "touch /tmp/database", "FIXTURES_SETUP db") +
        test("drop", "rm /tmp/database", "FIXTURES_CLEANUP db") +
        test("reads", "exit 1", "FIXTURES_REQUIRED db DISABLED TRUE"));
  const RunOutcome result = run({});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(result.verdict("create"), "passed");
  EXPECT_EQ(result.verdict("drop"), "passed");
  EXPECT_EQ(result.verdict("reads"), "skipped");
}

TEST_F(CTestSuites, RunAfterWhatTheyDependOn) {
  ctest(test("last", "test -e /tmp/second", "DEPENDS second") +
        test("second", "test -e /tmp/first && touch /tmp/second", "DEPENDS first") +
        test("first", "touch /tmp/first"));
  const RunOutcome result = run({"--reruns", "0"});
  EXPECT_EQ(result.status, 0) << result.all();
}

TEST_F(CTestSuites, AloneWithRunSerialAndOneAtATimeWithALock) {
  // A witness that all clones share: a directory of the machine, mounted read-write.
  const std::string shared = outside().string();
  const std::string alone =
      "mkdir /shared/alone && ! ls /shared | grep -q busy && sleep 0.1; ok=$?; rmdir /shared/alone; exit $ok";
  const std::string locked =
      "test ! -e /shared/alone && mkdir /shared/lock-busy && sleep 0.1 && rmdir /shared/lock-busy";
  const std::string plain =
      "test ! -e /shared/alone && touch /shared/busy-$SHARDER_TEST && sleep 0.1 && rm "
      "/shared/busy-$SHARDER_TEST";
  std::string tests = test("alone", alone, "RUN_SERIAL TRUE");
  for (const char* name : {"locked1", "locked2", "locked3"}) tests += test(name, locked, "RESOURCE_LOCK gpu");
  for (const char* name : {"plain1", "plain2", "plain3"}) tests += test(name, plain);
  ctest(tests);
  toml(
      "[suite.unit]\nframework = \"ctest\"\ndirectory = \"build\"\n"
      "[clones]\nmounts = [{ source = \"" +
      shared + "\", target = \"/shared\", mode = \"rw\" }]\n");
  const RunOutcome result = run({"--reruns", "0", "-j", "4"});
  EXPECT_EQ(result.status, 0) << result.all();
}

}  // namespace
}  // namespace sharder::end_to_end
