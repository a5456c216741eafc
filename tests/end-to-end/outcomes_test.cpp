// How attempts end, what reruns make of them, and the exit status that says it in one number.
#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {
namespace {

class Outcomes : public EndToEnd {};

TEST_F(Outcomes, CrashAndTimeoutAreTold) {
  exec_suite("[run]\ntimeout = \"300ms\"\n");
  script("t/crash", "echo last words; kill -SEGV $$");
  script("t/hang", "echo waiting; sleep 60 & sleep 61");
  script("t/stubborn", "trap '' TERM; echo no; while :; do sleep 1; done");
  const RunOutcome result = run({"--reruns", "0", "-j", "3"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.outcomes("t/crash"), "crashed");
  EXPECT_NE(result.test("t/crash").value("message", "").find("SIGSEGV"), std::string::npos);
  EXPECT_EQ(result.output_of("t/crash"), "last words\n");
  EXPECT_EQ(result.outcomes("t/hang"), "timed-out");
  EXPECT_EQ(result.output_of("t/hang"), "waiting\n");
  EXPECT_EQ(result.outcomes("t/stubborn"), "timed-out");
}

TEST_F(Outcomes, LeaksAreNamedAndEnded) {
  exec_suite();
  const auto until_there = [](const std::string& command) {
    return "until pgrep -xf '" + command + "' > /dev/null; do sleep 0.01; done";
  };
  script("t/a", "sleep 12345 > /dev/null 2>&1 & " + until_there("sleep 12345"));
  script("t/daemon",
         "setsid sh -c 'sleep 23456 & sleep 34567' > /dev/null 2>&1 & " + until_there("sleep 23456"));
  const RunOutcome result = run();
  EXPECT_EQ(result.status, 0) << result.all();
  const Json& leaks = result.test("t/a").at("extra").at("leaks");
  ASSERT_EQ(leaks.size(), 1u) << leaks;
  EXPECT_EQ(leaks[0].at("command"), "sleep 12345");
  EXPECT_NE(result.test("t/daemon").at("extra").at("leaks").dump().find("sleep 23456"), std::string::npos);
  EXPECT_NE(result.output.find("sleep 12345"), std::string::npos) << "not in the summary: " << result.output;
}

TEST_F(Outcomes, LeaksMayFail) {
  exec_suite("[run]\nleaks = \"fail\"\n");
  script("t/a", "sleep 12345 > /dev/null 2>&1 &");
  for (const char* fresh : {"auto", "worker"}) {
    const RunOutcome result = run({"--reruns", "0", "--fresh", fresh});
    EXPECT_EQ(result.status, 1) << fresh << result.all();
    EXPECT_EQ(result.outcomes("t/a"), "leaked") << fresh;
  }
}

TEST_F(Outcomes, FlakyTestsAreShownAndPassByDefault) {
  exec_suite();
  script("t/moody", "echo attempt $SHARDER_ATTEMPT; test $SHARDER_ATTEMPT = 3");
  script("t/good", "exit 0");
  const RunOutcome result = run();
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(result.verdict("t/moody"), "flaky");
  EXPECT_EQ(result.outcomes("t/moody"), "failed failed passed");
  EXPECT_TRUE(result.test("t/moody").value("flaky", false));
  EXPECT_NE(result.output.find("t/moody"), std::string::npos) << result.output;
  const std::string junit = read(result.directory / "junit.xml");
  EXPECT_NE(junit.find("<flakyFailure"), std::string::npos) << junit;
  EXPECT_EQ(run({"--flaky", "warn"}).status, 6);
  EXPECT_EQ(run({"--flaky", "fail"}).status, 1);
  EXPECT_EQ(run({"--reruns", "0"}).status, 1);
  EXPECT_EQ(run({"--reruns", "1"}).verdict("t/moody"), "failed");
}

TEST_F(Outcomes, AChangedProjectIsNotedAnUnchangedOneIsNot) {
  exec_suite("[clones]\nmounts = [{ source = \"" + project().string() +
             "\", target = \"/real\", mode = \"rw\" }]\n");
  script("t/bad", "exit 1");
  EXPECT_EQ(run().test("t/bad").at("extra").value("note", ""), "");
  script("t/bad", "sleep 0.05; echo more >> /real/data; exit 1");
  EXPECT_NE(run().test("t/bad").at("extra").value("note", ""), "");
}

TEST_F(Outcomes, RerunsHaveFreshClones) {
  exec_suite();
  script("t/bad", "exit 1");
  const RunOutcome result = run();
  EXPECT_EQ(result.outcomes("t/bad"), "failed failed failed failed");
  std::set<std::string> clones;
  for (const Json& attempt : result.test("t/bad").at("extra").at("attempts"))
    clones.insert(attempt.at("clone").get<std::string>());
  EXPECT_EQ(clones.size(), 4u);
}

TEST_F(Outcomes, MassFailureStopsReruns) {
  exec_suite();
  for (int i = 100; i < 150; ++i) script("t/" + std::to_string(i), "exit 1");
  const RunOutcome result = run({"-j", "2"});
  EXPECT_EQ(result.status, 1);
  EXPECT_LT(result.events("attempt.finished").size(), 140u);
  EXPECT_NE(result.all().find("rerun_limit"), std::string::npos) << result.all();
  EXPECT_EQ(result.results.at("results").at("summary").at("failed"), 50);
}

TEST_F(Outcomes, FailFastNamesWhatWasNotRun) {
  exec_suite();
  script("t/a", "exit 1");
  for (const char* name : {"t/b", "t/c"}) script(name, "sleep 0.2");
  const RunOutcome result = run({"--fail-fast", "-j", "1", "--order", "listed", "--reruns", "0"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdicts(), "t/a=failed t/b=not-run t/c=not-run");
  EXPECT_EQ(result.test("t/b").at("status"), "pending");
}

TEST_F(Outcomes, ADeadlineMakesTheRunIncomplete) {
  exec_suite();
  script("t/a", "exit 0");
  script("t/b", "sleep 60");
  const RunOutcome result = run({"--deadline", "1s", "-j", "1", "--order", "listed"});
  EXPECT_EQ(result.status, 3) << result.all();
  EXPECT_EQ(result.verdict("t/a"), "passed");
  EXPECT_NE(result.verdict("t/b"), "passed");
}

TEST_F(Outcomes, ABatchThatDiesLosesNoTest) {
  toml(
      "[framework.mine]\n"
      "list = { command = \"seq 1 20\", format = \"ids\" }\n"
      "run = { command = \"sh runner {ids}\", format = \"subunit1\", feed = \"batch\" }\n"
      "[suite.unit]\nframework = \"mine\"\n");
  write("runner", "for id; do echo \"test: $id\"; [ $id = 7 ] && kill -9 $$; echo \"success: $id\"; done\n");
  const RunOutcome result = run({"--reruns", "1", "-j", "2"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.outcomes("7"), "crashed crashed");
  for (int i = 8; i <= 20; ++i) EXPECT_EQ(result.verdict(std::to_string(i)), "passed");
}

TEST_F(Outcomes, ARunnerThatNeverTellsMakesTestsLost) {
  toml(
      "[framework.mine]\n"
      "list = { command = \"seq 1 3\", format = \"ids\" }\n"
      "run = { command = \"true {ids}\", format = \"subunit1\", feed = \"batch\" }\n"
      "[suite.unit]\nframework = \"mine\"\n");
  const RunOutcome result = run();
  EXPECT_EQ(result.status, 3) << result.all();
  EXPECT_EQ(result.verdicts(), "1=lost 2=lost 3=lost");
}

TEST_F(Outcomes, AFullCloneFailsOneTestOnly) {
  exec_suite("[clones]\ndisk = \"2MiB\"\n");
  script("t/greedy", "LC_ALL=C dd if=/dev/zero of=/tmp/big bs=1M count=8");
  script("t/modest", "echo small > /tmp/small");
  const RunOutcome result = run({"--reruns", "1"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdict("t/modest"), "passed");
  EXPECT_EQ(result.outcomes("t/greedy"), "failed failed");
  EXPECT_NE(result.output_of("t/greedy").find("No space left on device"), std::string::npos)
      << result.output_of("t/greedy");
}

TEST_F(Outcomes, TooMuchMemoryIsToldAsSuch) {
  exec_suite("[clones]\nmemory = \"64MiB\"\ndisk = \"8MiB\"\n");
  script("t/greedy", "exec /usr/bin/python3 -c \"x = b'x' * (300 << 20)\"");
  script("t/modest", "exit 0");
  const RunOutcome result = run({"--reruns", "0"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.outcomes("t/greedy"), "crashed");
  EXPECT_NE(result.test("t/greedy").value("message", "").find("memory"), std::string::npos) << result.all();
  EXPECT_EQ(result.verdict("t/modest"), "passed");
}

}  // namespace
}  // namespace sharder::end_to_end
