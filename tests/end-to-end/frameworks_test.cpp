// Every framework that sharder knows, with the few lines of sharder.toml that a user writes.
#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {
namespace {

class Frameworks : public EndToEnd {
 protected:
  bool python_has(const std::string& module) const {
    return call({"/usr/bin/python3", "-c", "import " + module}).status == 0;
  }

  /// Makes PROGRAM of PROGRAM.cpp, and the suite that it belongs to.
  Transcript compile_googletest(const std::string& program) const {
    toml("[suite.unit]\nframework = \"googletest\"\nprograms = [\"*_test\"]\n");
    return call({"ccache", "g++", "-std=c++17", program + ".cpp", "-o", program, "-lgtest_main", "-lgtest",
                 "-lpthread"});
  }
};

TEST_F(Frameworks, ExecTellsByExitStatus) {
  exec_suite();
  script("t/good", "echo fine");
  script("t/bad", "echo wrong; exit 3");
  script("t/skip", "exit 77");
  const RunOutcome result = run({"--reruns", "0"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdict("t/good"), "passed");
  EXPECT_EQ(result.verdict("t/bad"), "failed");
  EXPECT_EQ(result.verdict("t/skip"), "skipped");
  EXPECT_EQ(result.test("t/bad").value("message", ""), "exit status 3");
  EXPECT_EQ(result.output_of("t/good"), "fine\n");
}

TEST_F(Frameworks, PytestIsFedTestByTest) {
  toml("[suite.unit]\nframework = \"pytest\"\ninterpreter = \"/usr/bin/python3\"\nprograms = [\"tests\"]\n");
  write("tests/test_things.py",
        "import pytest\n"
        "def test_good(): pass\n"
        "def test_bad(): assert 1 == 2, 'wrong'\n"
        "@pytest.mark.skip(reason='not here')\n"
        "def test_skipped(): pass\n"
        "@pytest.mark.xfail\n"
        "def test_expected(): assert False\n"
        "@pytest.mark.parametrize('x', [1, 2])\n"
        "def test_many(x): assert x\n");
  const RunOutcome result = run({"--reruns", "1"});
  EXPECT_EQ(result.status, 1) << result.all();
  const std::string file = "tests/test_things.py::";
  EXPECT_EQ(result.verdict(file + "test_good"), "passed");
  EXPECT_EQ(result.verdict(file + "test_bad"), "failed");
  EXPECT_EQ(result.verdict(file + "test_skipped"), "skipped");
  EXPECT_EQ(result.verdict(file + "test_expected"), "passed");
  EXPECT_EQ(result.outcomes(file + "test_expected"), "expected-failure");
  EXPECT_EQ(result.verdict(file + "test_many[1]"), "passed");
  EXPECT_NE(result.test(file + "test_bad").value("trace", "").find("wrong"), std::string::npos)
      << result.all();
}

TEST_F(Frameworks, PytestGoesOnAfterATestThatTookItsRunnerAlong) {
  toml("[suite.unit]\nframework = \"pytest\"\ninterpreter = \"/usr/bin/python3\"\n[run]\ntimeout = \"1s\"\n");
  write("test_x.py",
        "import os, time, pytest\n"
        "def test_hang(): time.sleep(60)\n"
        "def test_a(): pass\n"
        "def test_exit(): os._exit(0)\n"
        "def test_b(): pass\n"
        "def test_moody(): assert os.environ['SHARDER_ATTEMPT'] == '2'\n"
        "@pytest.fixture(scope='module')\n"
        "def late():\n"
        "    yield\n"
        "    raise RuntimeError('broke at the end')\n"
        "def test_late(late): pass\n");
  const RunOutcome result = run({"-j", "1", "--order", "listed", "--reruns", "1"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.outcomes("test_x.py::test_hang"), "timed-out timed-out");
  EXPECT_EQ(result.outcomes("test_x.py::test_exit"), "crashed crashed");
  EXPECT_EQ(result.verdict("test_x.py::test_a"), "passed");
  EXPECT_EQ(result.verdict("test_x.py::test_b"), "passed");
  EXPECT_EQ(result.verdict("test_x.py::test_moody"), "flaky");
  EXPECT_EQ(result.verdict("test_x.py::test_late"), "failed")
      << "a shared tear-down that breaks must be told";
}

TEST_F(Frameworks, PytestTakesArgumentsAfterTwoDashes) {
  toml("[suite.unit]\nframework = \"pytest\"\ninterpreter = \"/usr/bin/python3\"\n");
  write("test_two.py", "def test_fast(): pass\ndef test_slow(): pass\n");
  const RunOutcome result = run({"--", "-k", "fast"});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(result.verdicts(), "test_two.py::test_fast=passed");
}

TEST_F(Frameworks, GoogleTestRunsInBatches) {
  write("math_test.cpp",
        "#include <gtest/gtest.h>\n#include <cstdlib>\n"
        "TEST(Math, Adds) { EXPECT_EQ(2, 1 + 1); }\n"
        "TEST(Math, Fails) { EXPECT_EQ(3, 1 + 1) << \"wrong sum\"; }\n"
        "TEST(Math, Skips) { GTEST_SKIP() << \"not here\"; }\n"
        "TEST(Math, Crashes) { std::abort(); }\n"
        "TEST(Math, DISABLED_Sleeps) {}\n"
        "class Numbers : public testing::TestWithParam<int> {};\n"
        "TEST_P(Numbers, Positive) { EXPECT_GT(GetParam(), 0); }\n"
        "INSTANTIATE_TEST_SUITE_P(Few, Numbers, testing::Values(1, 2));\n");
  const Transcript compiled = compile_googletest("math_test");
  if (compiled.status != 0) GTEST_SKIP() << "no ccache g++ with GoogleTest here: " << compiled.error_output;
  const RunOutcome result = run({"--reruns", "1"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdict("Math.Adds"), "passed");
  EXPECT_EQ(result.verdict("Math.Fails"), "failed");
  EXPECT_EQ(result.verdict("Math.Skips"), "skipped");
  EXPECT_EQ(result.outcomes("Math.Crashes"), "crashed crashed");
  EXPECT_EQ(result.verdict("Math.DISABLED_Sleeps"), "skipped");
  EXPECT_EQ(result.verdict("Few/Numbers.Positive/1"), "passed");
}

TEST_F(Frameworks, AnEnvironmentOfGoogleTestMaySkipAllTests) {
  write("remote_test.cpp",
        "#include <gtest/gtest.h>\n"
        "struct Server : testing::Environment { void SetUp() override { GTEST_SKIP() << \"no server\"; } };\n"
        "const auto* const server = testing::AddGlobalTestEnvironment(new Server);\n"
        "TEST(Remote, Reads) { FAIL(); }\n"
        "TEST(Remote, Writes) { FAIL(); }\n");
  const Transcript compiled = compile_googletest("remote_test");
  if (compiled.status != 0) GTEST_SKIP() << "no ccache g++ with GoogleTest here: " << compiled.error_output;
  const RunOutcome result = run({});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(result.verdicts(), "Remote.Reads=skipped Remote.Writes=skipped");
}

TEST_F(Frameworks, ProgramsMayBeLeftOut) {
  script("t/one", "exit 0");
  script("t/helper", "exit 1");
  script("t/deep/helper", "exit 1");
  toml("[suite.unit]\nframework = \"exec\"\nprograms = [\"!**/helper\", \"t/**\"]\n");
  EXPECT_EQ(run({}).verdicts(), "t/one=passed");
  toml("[suite.unit]\nframework = \"exec\"\nprograms = [\"t/one\", \"t/helper\", \"!t/h*\"]\n");
  EXPECT_EQ(run({}).verdicts(), "t/one=passed");
}

TEST_F(Frameworks, AProgramThatCannotListIsNamed) {
  script("t/good", "echo one");
  script("t/bad", "exit 3");
  toml("[framework.mine]\nlist = { command = \"{program} --list\", format = \"ids\" }\n"
       "run = { command = \"{program} {id}\", format = \"exit\" }\n"
       "[suite.unit]\nframework = \"mine\"\nprograms = [\"t/*\"]\n");
  const RunOutcome result = run({});
  EXPECT_EQ(result.status, 5);
  EXPECT_NE(result.all().find("if it is no test, \"!t/bad\" in programs leaves it out"), std::string::npos)
      << result.all();
}

TEST_F(Frameworks, TapFilesHaveCases) {
  toml("[suite.unit]\nframework = \"tap\"\nprograms = [\"t/*.t\"]\n");
  script("t/good.t", "echo 1..2; echo 'ok 1 - first'; echo 'ok 2 - second # TODO later'");
  script("t/bad.t", "echo 1..2; echo 'ok 1 - first'; echo 'not ok 2 - second'");
  script("t/short.t", "echo 1..3; echo 'ok 1'");
  script("t/none.t", "echo '1..0 # SKIP no database'");
  const RunOutcome result = run({"--reruns", "0"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdict("t/good.t"), "passed");
  EXPECT_EQ(result.verdict("t/bad.t"), "failed");
  EXPECT_EQ(result.verdict("t/short.t"), "failed");
  EXPECT_EQ(result.verdict("t/none.t"), "skipped");
  const Json& cases = result.test("t/bad.t").at("extra").at("cases");
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_EQ(cases[1].at("name"), "second");
  EXPECT_EQ(cases[1].at("outcome"), "failed");
}

TEST_F(Frameworks, TapScriptsAreStartedAndExplainedAsByProve) {
  toml("[suite.unit]\nframework = \"tap\"\nprograms = [\"t/*.t\"]\n");
  script("t/path.t", "echo 1..1; test \"$0\" = t/path.t && echo 'ok 1' || echo \"not ok 1 - $0\"");
  script("t/told.t", "echo 'not ok 1 - sum'; echo '#   expected 2, got 3' >&2; echo 'ok 2'; echo 1..2");
  const RunOutcome result = run({"--reruns", "0"});
  EXPECT_EQ(result.verdict("t/path.t"), "passed") << result.all();
  EXPECT_EQ(result.verdict("t/told.t"), "failed");
  EXPECT_NE(result.test("t/told.t").value("trace", "").find("expected 2, got 3"), std::string::npos) << result.all();
}

TEST_F(Frameworks, TestrConfigurationAloneSuffices) {
  if (!python_has("testtools, subunit"))
    GTEST_SKIP() << "python3-testtools and python3-subunit are not installed";
  write(".testr.conf",
        "[DEFAULT]\n"
        "test_command=/usr/bin/python3 -m subunit.run discover . $LISTOPT $IDOPTION\n"
        "test_id_option=--load-list $IDFILE\n"
        "test_list_option=--list\n"
        "instance_provision=echo one two\n");
  write("test_things.py",
        "import testtools\n"
        "class Things(testtools.TestCase):\n"
        "    def test_good(self): pass\n"
        "    def test_bad(self): self.assertEqual(1, 2)\n"
        "    def test_skipped(self): self.skipTest('not here')\n");
  const RunOutcome result = run({"--reruns", "1"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdict("test_things.Things.test_good"), "passed");
  EXPECT_EQ(result.verdict("test_things.Things.test_bad"), "failed");
  EXPECT_EQ(result.verdict("test_things.Things.test_skipped"), "skipped");
  EXPECT_NE(result.error_output.find("instance_provision"), std::string::npos)
      << "no notice: " << result.error_output;
}

TEST_F(Frameworks, ClassesOfUnittestThatAreNotSetUpLoseNoTest) {
  if (!python_has("testtools, subunit"))
    GTEST_SKIP() << "python3-testtools and python3-subunit are not installed";
  write(".testr.conf",
        "[DEFAULT]\n"
        "test_command=/usr/bin/python3 -m subunit.run discover . $LISTOPT $IDOPTION\n"
        "test_id_option=--load-list $IDFILE\n"
        "test_list_option=--list\n");
  write("test_shared.py",
        "import unittest\n"
        "class Common:\n"
        "    def test_a(self): pass\n"
        "    def test_b(self): pass\n"
        "class Abstract(Common, unittest.TestCase):\n"
        "    @classmethod\n"
        "    def setUpClass(cls): raise unittest.SkipTest('abstract')\n"
        "class Broken(Common, unittest.TestCase):\n"
        "    @classmethod\n"
        "    def setUpClass(cls): raise ValueError('no port')\n"
        "class Untidy(unittest.TestCase):\n"
        "    def test_a(self): pass\n"
        "    @classmethod\n"
        "    def tearDownClass(cls): raise OSError('busy')\n");
  const RunOutcome result = run({"--reruns", "1"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdicts(),
            "test_shared.Abstract.test_a=skipped test_shared.Abstract.test_b=skipped "
            "test_shared.Broken.test_a=failed test_shared.Broken.test_b=failed "
            "test_shared.Untidy.test_a=failed");
  EXPECT_EQ(result.test("test_shared.Broken.test_a").at("message"),
            "setUpClass (test_shared.Broken): ValueError: no port");
  EXPECT_EQ(result.test("test_shared.Untidy.test_a").at("message"),
            "tearDownClass (test_shared.Untidy): OSError: busy");
}

TEST_F(Frameworks, OneOfYourOwnListsInJson) {
  toml(
      "[framework.mine]\n"
      "list = { command = \"cat list.json\", format = \"json\" }\n"
      "run = { command = \"{command}\", format = \"exit\", feed = \"each\" }\n"
      "[suite.unit]\nframework = \"mine\"\n");
  write("list.json",
        "{\"id\": \"good\", \"command\": [\"sh\", \"-c\", \"test \\\"$COLOUR\\\" = red && pwd\"], "
        "\"environment\": {\"COLOUR\": \"red\"}, \"directory\": \"sub\", \"tags\": [\"fast\"]}\n"
        "{\"id\": \"slow\", \"command\": [\"sleep\", \"60\"], \"timeout\": \"0.3s\"}\n");
  write("sub/file", "");
  const RunOutcome result = run({"--reruns", "0"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdict("good"), "passed");
  EXPECT_EQ(result.output_of("good"), (project() / "sub\n").string());
  EXPECT_EQ(result.outcomes("slow"), "timed-out");
  EXPECT_EQ(result.test("good").value("tags", Json::array()), Json::array({"fast"}));
}

TEST_F(Frameworks, OneOfYourOwnIsFedOnStandardInput) {
  toml(
      "[framework.mine]\n"
      "list = { command = \"printf 'a\\\\nb\\\\n'\", format = \"ids\" }\n"
      "run = { command = \"sh server\", format = \"subunit1\", feed = \"stdin\" }\n"
      "[suite.unit]\nframework = \"mine\"\n");
  write("server", "while read -r id; do echo \"test: $id\"; echo \"success: $id\"; done\n");
  const RunOutcome result = run({"-j", "1"});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(result.verdicts(), "a=passed b=passed");
}

TEST_F(Frameworks, ALiveRunnerMayTakeItsTimeToEnd) {
  toml(
      "[framework.mine]\n"
      "list = { command = \"echo a\", format = \"ids\" }\n"
      "run = { command = \"sh server\", format = \"subunit1\", feed = \"stdin\" }\n"
      "[suite.unit]\nframework = \"mine\"\n"
      "[clones]\nmounts = [{ source = \"" +
      outside().string() + "\", target = \"/shared\", mode = \"rw\" }]\n");
  write("server",
        "while read -r id; do echo \"test: $id\"; echo \"success: $id\"; done\nsleep 0.3; echo done > "
        "/shared/end\n");
  EXPECT_EQ(run().status, 0);
  EXPECT_EQ(read(outside() / "end"), "done\n");
}

TEST_F(Frameworks, OneOfYourOwnReportsInJUnit) {
  toml(
      "[framework.mine]\n"
      "list = { command = \"printf 'a\\\\nb\\\\n'\", format = \"ids\" }\n"
      "run = { command = \"sh runner {result_file} {ids}\", format = \"junit\", feed = \"batch\" }\n"
      "[suite.unit]\nframework = \"mine\"\n");
  write("runner",
        "file=$1; shift\n"
        "{ echo '<testsuite>'; for id; do echo \"<testcase name='$id'/>\"; done; echo '</testsuite>'; } > "
        "\"$file\"\n");
  const RunOutcome result = run({"-j", "1"});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(result.verdicts(), "a=passed b=passed");
}

}  // namespace
}  // namespace sharder::end_to_end
