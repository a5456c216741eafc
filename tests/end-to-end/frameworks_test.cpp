// Every framework that sharder knows, with the five lines of sharder.toml that a user writes.
#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {
namespace {

class Frameworks : public EndToEnd {};

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
  EXPECT_NE(result.test(file + "test_bad").value("trace", "").find("wrong"), std::string::npos) << result.all();
}

}  // namespace
}  // namespace sharder::end_to_end
