// Whatever a test prints, however much: bounded, kept, and harmless to every report.
#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {
namespace {

class Output : public EndToEnd {};

TEST_F(Output, IsBoundedPerAttempt) {
  exec_suite("[run]\noutput = \"64KiB\"\n");
  script("t/loud", "echo first; yes 0123456789abcdef | head -c 100000000; echo; echo last");
  const RunOutcome result = run();
  EXPECT_EQ(result.status, 0) << result.all();
  const std::string kept = result.output_of("t/loud");
  EXPECT_LT(kept.size(), 80000u);
  EXPECT_EQ(kept.substr(0, 6), "first\n");
  EXPECT_NE(kept.find("left out"), std::string::npos);
  EXPECT_EQ(kept.substr(kept.size() - 5), "last\n");
}

TEST_F(Output, OfGarbageKeepsReportsValid) {
  exec_suite();
  // Invalid UTF-8, NUL, escape sequences, what ends CDATA, markup, a lone surrogate, U+FFFE.
  script("t/garbage",
         R"(printf '\377\376\000\033[2J\033]0;title\007 ]]> </failure> <![CDATA[ & "quoted" \r\n')"
         R"(; printf '\355\240\200 \357\277\276 end\n'; exit 1)");
  script("t/binary", "head -c 200000 /dev/urandom; exit 1");
  const RunOutcome result = run({"--reruns", "1", "--subunit1", "sub1"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.output.find('\033'), std::string::npos) << "an escape sequence reached the terminal";
  EXPECT_EQ(result.error_output.find('\033'), std::string::npos) << "an escape sequence reached the terminal";
  EXPECT_NE(result.output_of("t/garbage").find("\033[2J"), std::string::npos)
      << "the log keeps the bytes as they were";
}

TEST_F(Output, ImmediateFinalOrNever) {
  exec_suite();
  script("t/bad", "echo the reason; exit 1");
  EXPECT_NE(run({"--reruns", "0"}).output.find("the reason"), std::string::npos);
  EXPECT_NE(run({"--reruns", "0", "--output-on-failure", "immediate"}).all().find("the reason"),
            std::string::npos);
  EXPECT_EQ(run({"--reruns", "0", "--output-on-failure", "never"}).all().find("the reason"),
            std::string::npos);
}

TEST_F(Output, OfTheRunIsColouredOnlyOnRequest) {
  exec_suite();
  script("t/bad", "exit 1");
  EXPECT_EQ(run({"--reruns", "0"}).all().find('\033'), std::string::npos);
  EXPECT_NE(run({"--reruns", "0", "--color", "always"}).output.find('\033'), std::string::npos);
}

TEST_F(Output, ResultsGoToStandardOutputTheRestToStandardError) {
  exec_suite();
  script("t/a", "exit 0");
  const RunOutcome quiet = run({"--progress", "none"});
  EXPECT_NE(quiet.output.find("1 passed"), std::string::npos) << quiet.all();
  const RunOutcome junit = run({"--junit", "-"});
  EXPECT_EQ(junit.output.substr(0, 5), "<?xml") << junit.output;
  EXPECT_EQ(junit.output.find("1 passed"), std::string::npos)
      << "the summary must not spoil the document: " << junit.output;
}

TEST_F(Output, CopiesAreRelativeToTheCaller) {
  exec_suite();
  script("t/a", "exit 0");
  write("sub/file", "");
  Command here = command({"run", "--no-history", "--junit", "j.xml", "--ctrf", "c.json", "--subunit", "s2",
                          "--subunit1", "s1", "--trace", "t.json"});
  here.directory = project() / "sub";
  const Transcript transcript = Program(here, outside()).wait();
  EXPECT_EQ(transcript.status, 0) << transcript.all();
  EXPECT_EQ(names_in(project() / "sub"), "c.json file j.xml s1 s2 t.json");
  EXPECT_NE(read(project() / "sub/s1").find("success: t/a"), std::string::npos) << read(project() / "sub/s1");
}

TEST_F(Output, OfASecondRunReplacesTheFirst) {
  exec_suite();
  for (const char* name : {"t/a", "t/b"}) {
    script(name, "echo fine");
    const RunOutcome result =
        outcome(sharder({"run", "--no-history", "--output", "results"}), project() / "results");
    EXPECT_EQ(result.status, 0) << result.all();
    EXPECT_EQ(result.events("run.started").size(), 1u);
  }
}

TEST_F(Output, InSubunitIsReadByPythonsReader) {
  if (call({"/usr/bin/python3", "-c", "import subunit, testtools"}).status != 0)
    GTEST_SKIP() << "python3-subunit and python3-testtools are not installed";
  exec_suite();
  script("t/good", "exit 0");
  script("t/bad", "printf 'h\\303\\266here \\377 bytes\\n'; exit 1");
  script("t/skip", "exit 77");
  const RunOutcome result = run({"--reruns", "1"});
  write(
      "decode.py",
      "import subunit, sys, testtools\n"
      "last = {}\n"
      "class Collect(testtools.StreamResult):\n"
      "    def status(self, test_id=None, test_status=None, **rest):\n"
      "        if test_id and test_status: last[test_id] = test_status\n"
      "subunit.ByteStreamToStreamResult(open(sys.argv[1], 'rb'), non_subunit_name='stdout').run(Collect())\n"
      "print(sorted(last.items()))\n");
  const Transcript decoded =
      call({"/usr/bin/python3", "decode.py", (result.directory / "results.subunit").string()});
  EXPECT_EQ(decoded.output, "[('t/bad', 'fail'), ('t/good', 'success'), ('t/skip', 'skip')]\n")
      << decoded.error_output;
}

TEST_F(Output, MayBeCutOffByItsReader) {
  exec_suite();
  for (int i = 100; i < 160; ++i) script("t/" + std::to_string(i), "exit 0");
  const Transcript transcript = call({"sh", "-c", binary() + " list | head -n 1"});
  EXPECT_EQ(transcript.output, "t/100\n") << transcript.all();
}

}  // namespace
}  // namespace sharder::end_to_end
