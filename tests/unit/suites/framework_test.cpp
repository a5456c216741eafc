#include "sharder/suites/framework.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sharder/suites/subunit2.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"
#include "tests/unit/suites/event_text.hpp"

namespace sharder {
namespace {

SuiteConfig googletest() {
  SuiteConfig suite;
  suite.name = "unit";
  suite.directory = "/p/work";
  suite.project_directory = "/p";
  suite.arguments = {"--flag=a b"};
  suite.environment = {{"LANG", "C"}};
  suite.framework.name = "googletest";
  suite.framework.list = FrameworkCommand{"{program} --gtest_list_tests {arguments}", "gtest"};
  suite.framework.run = {"{program} {arguments} --gtest_filter={ids}", "gtest", Feed::batch, ":"};
  return suite;
}

SuiteConfig suite_running(FrameworkCommand run) {
  SuiteConfig suite;
  suite.name = "s";
  suite.directory = "/p";
  suite.framework.name = "mine";
  suite.framework.run = std::move(run);
  return suite;
}

sharder::Test test_named(const std::string& name) {
  sharder::Test test;
  test.name = test.id = name;
  return test;
}

TEST(Framework, ListsEveryProgramByItself) {
  const SuiteConfig suite = googletest();
  const std::vector<ListLaunch> launches = Framework(suite).list_launches({"build/a_test", "build/b test"});
  ASSERT_EQ(launches.size(), 2u);
  EXPECT_EQ(launches[1].program, "build/b test");
  EXPECT_EQ(quote_command(launches[1].launch.command), "'/p/build/b test' --gtest_list_tests '--flag=a b'");
  EXPECT_EQ(launches[1].launch.directory, "/p/work");
  EXPECT_FALSE(launches[1].launch.channels);
}

TEST(Framework, ListsOnceWhereTheCommandNamesNoProgram) {
  SuiteConfig suite = suite_running({"t {id}", "exit"});
  suite.framework.list = FrameworkCommand{"t --list {programs}", "ids"};
  const std::vector<ListLaunch> launches = Framework(suite).list_launches({"x", "y"});
  ASSERT_EQ(launches.size(), 1u);
  EXPECT_EQ(launches[0].program, "");
  EXPECT_EQ(quote_command(launches[0].launch.command), "t --list /p/x /p/y");
}

TEST(Framework, FillsInWhatAListDoesNotSay) {
  SuiteConfig suite = googletest();
  suite.group_by = "class";
  const Listing listing = Framework(suite).parse_list("a_test", "A.\n  b\n", "", 0);
  ASSERT_EQ(listing.tests.size(), 1u);
  EXPECT_EQ(listing.tests[0].suite, "unit");
  EXPECT_EQ(listing.tests[0].program, "a_test");
  EXPECT_EQ(listing.tests[0].group, "a_test:A");
}

TEST(Framework, QuotesTheEndOfAListingThatFailed) {
  const SuiteConfig suite = googletest();
  const Framework framework(suite);
  EXPECT_EQ(
      framework.parse_list("a_test", "", "first\ncannot load libfoo.so\n", 127).problems,
      std::vector<std::string>{"listing a_test ended with exit status 127:\nfirst\ncannot load libfoo.so"});
  EXPECT_EQ(framework.parse_list("a_test", "said", "", std::nullopt).problems,
            std::vector<std::string>{"listing a_test ended with a signal:\nsaid"});
}

TEST(Framework, QuotesTheTextsOfAFailedListingInSubunit) {
  const std::string output =
      encode_subunit({.status = SubunitStatus::exists, .test = "a.b"}) +
      encode_subunit({.mime = "text/plain;charset=utf8", .file_name = "import errors", .file = "no docutils"});
  SuiteConfig suite = suite_running({"t {ids}", "subunit2", Feed::batch});
  suite.framework.list = FrameworkCommand{"t --list", "subunit2"};
  EXPECT_EQ(Framework(suite).parse_list("", output, "a warning\n", 2).problems,
            std::vector<std::string>{"listing suite \"s\" ended with exit status 2:\na warning\nno docutils"});
}

TEST(Framework, RunsAGoogleTestProgramThatListsNothingAsOneTest) {
  const SuiteConfig suite = googletest();
  const Framework framework(suite);
  const Listing listing = framework.parse_list("bin/compile_test", "", "", 0);
  ASSERT_EQ(listing.tests.size(), 1u);
  const sharder::Test& test = listing.tests[0];
  EXPECT_EQ(test.name, "bin/compile_test");
  EXPECT_EQ(quote_command(framework.run_launch({&test}, "w0-1").command), "/p/bin/compile_test '--flag=a b'");
  EXPECT_EQ(text_of_run([&] { return framework.result_parser({&test}); }, "", 0),
            "finished bin/compile_test passed\n");
}

TEST(Framework, KeepsSpecialCharactersOutOfAGoogleTestFilter) {
  const SuiteConfig suite = googletest();
  sharder::Test first = test_named("A.b"), second = test_named("Odd.x: -* y");
  first.program = second.program = "a_test";
  const Launch launch = Framework(suite).run_launch({&first, &second}, "w0-1");
  EXPECT_EQ(launch.command.back(), "--gtest_filter=A.b:Odd.x? ?? y");
  EXPECT_EQ(launch.environment, suite.environment);
  EXPECT_FALSE(launch.separate_error_output);
}

TEST(Framework, PutsAFilterThatIsTooLongIntoAFile) {
  const SuiteConfig suite = googletest();
  std::vector<sharder::Test> tests;
  for (int i = 0; i < 10'000; ++i) tests.push_back(test_named("Suite.AndTestNumber" + std::to_string(i)));
  std::vector<const sharder::Test*> batch;
  for (const sharder::Test& test : tests) batch.push_back(&test);
  const Launch launch = Framework(suite).run_launch(batch, "w0-1");
  EXPECT_EQ(launch.command.back(), "--gtest_flagfile=/run/sharder/flags-w0-1");
  ASSERT_EQ(launch.files.size(), 1u);
  EXPECT_EQ(launch.files[0].name, "flags-w0-1");
  EXPECT_TRUE(launch.files[0].content.starts_with("--gtest_filter=Suite.AndTestNumber0:"));
}

TEST(Framework, HandsOverFilesUnderTheProcessesName) {
  const SuiteConfig suite =
      suite_running({"t --load-list {id_file} --out {result_file}", "junit", Feed::batch});
  const sharder::Test a = test_named("a b"), b = test_named("c");
  const Launch launch = Framework(suite).run_launch({&a, &b}, "w3-7");
  EXPECT_EQ(quote_command(launch.command),
            "t --load-list /run/sharder/ids-w3-7 --out /run/sharder/result-w3-7");
  ASSERT_EQ(launch.files.size(), 1u);
  EXPECT_EQ(launch.files[0].content, "a b\nc\n");
  EXPECT_EQ(launch.result_file, "/run/sharder/result-w3-7");
}

TEST(Framework, EscapesIdsForARegularExpression) {
  FrameworkCommand run{"t --only ^({ids})$", "tap", Feed::batch, "|", "regex"};
  const SuiteConfig suite = suite_running(run);
  const sharder::Test a = test_named("a.b[1]"), b = test_named("c");
  EXPECT_EQ(Framework(suite).run_launch({&a, &b}, "x").command.back(), "^(a\\.b\\[1\\]|c)$");
}

TEST(Framework, RunsTheCommandThatTheListGave) {
  const SuiteConfig suite = suite_running({"{command}", "exit"});
  sharder::Test test = test_named("a");
  test.command = {"sh", "-c", "exit 0"};
  test.directory = "/p/elsewhere";
  test.environment = {{"A", "1"}};
  const Framework framework(suite);
  const Launch launch = framework.run_launch({&test}, "x");
  EXPECT_EQ(launch.command, test.command);
  EXPECT_EQ(launch.directory, "/p/elsewhere");
  EXPECT_EQ(framework.explain_run(test), "cd /p/elsewhere && A=1 sh -c 'exit 0'");
}

TEST(Framework, FailsATestWithoutACommand) {
  const SuiteConfig suite = suite_running({"{command}", "exit"});
  const sharder::Test test = test_named("missing");
  const Framework framework(suite);
  EXPECT_EQ(framework.run_launch({&test}, "x").command.front(), "/bin/sh");
  EXPECT_EQ(
      text_of_run([&] { return framework.result_parser({&test}); }, "", 127),
      "finished missing failed [\"missing\" has no command: its program is not there (was it built?)]\n");
}

TEST(Framework, FeedsAnAdapterThroughItsChannels) {
  SuiteConfig suite = suite_running(
      {"{interpreter} /.sharder/adapters/x.py run {arguments} {programs}", "subunit2", Feed::standard_input});
  suite.framework.adapter = "x.py";
  suite.framework.default_interpreter = "python3";
  suite.programs = {"tests/**/test_*.py"};
  const Framework framework(suite);
  sharder::Test test = test_named("tests/a.py::b[x y]");
  test.id = "py/tests/a.py::b[x y]";
  const Launch launch = framework.run_launch({&test}, "x");
  EXPECT_TRUE(launch.channels);
  EXPECT_FALSE(launch.feeds_standard_input);
  EXPECT_EQ(quote_command(launch.command), "python3 /.sharder/adapters/x.py run '/p/tests/**/test_*.py'");
  EXPECT_EQ(framework.feed_line(test, 2, 7), "tests/a.py::b[x y]\x1fpy/tests/a.py::b[x y]\x1f" "2\x1f" "7\n");
  EXPECT_EQ(framework.explain_run(test), "cd /p && python3 -m pytest 'tests/a.py::b[x y]'");
}

TEST(Framework, NamesNoProgramThatIsLeftOut) {
  SuiteConfig suite = suite_running({"t --stdin {programs}", "tap", Feed::standard_input});
  suite.programs = {"!t/helper", "t/*"};
  const sharder::Test test = test_named("a");
  EXPECT_EQ(quote_command(Framework(suite).run_launch({&test}, "x").command), "t --stdin '/p/t/*'");
}

TEST(Framework, FeedsOtherRunnersOnTheirStandardInput) {
  const SuiteConfig suite = suite_running({"t --stdin", "tap", Feed::standard_input});
  const sharder::Test test = test_named("a b");
  const Launch launch = Framework(suite).run_launch({&test}, "x");
  EXPECT_TRUE(launch.feeds_standard_input);
  EXPECT_TRUE(launch.separate_error_output);
  EXPECT_EQ(Framework(suite).feed_line(test, 1, 0), "a b\n");
  EXPECT_EQ(Framework(suite).explain_run(test), "cd /p && printf '%s\\n' 'a b' | t --stdin");
}

TEST(Framework, MakesATestOfEveryProgramWhereNothingIsListed) {
  const SuiteConfig suite = suite_running({"{program} {arguments}", "exit"});
  const std::vector<sharder::Test> tests = Framework(suite).tests_of_programs({"t/a.sh", "t/b.sh"});
  ASSERT_EQ(tests.size(), 2u);
  EXPECT_EQ(tests[1].name, "t/b.sh");
  EXPECT_EQ(quote_command(Framework(suite).run_launch({&tests[1]}, "x").command), "/p/t/b.sh");
  EXPECT_TRUE(Framework(suite).list_launches({"t/a.sh"}).empty());
}

TEST(Framework, StartsScriptsByTheirPathInTheWorkingDirectoryAsProveDoes) {
  const auto command = [](const std::string& directory, const std::string& program) {
    SuiteConfig suite = suite_running({"perl {program}", "tap"});
    suite.project_directory = "/p";
    suite.directory = directory;
    sharder::Test test = test_named(program);
    test.program = program;
    return quote_command(Framework(suite).run_launch({&test}, "x").command);
  };
  EXPECT_EQ(command("/p", "t/a.t"), "perl t/a.t");
  EXPECT_EQ(command("/p/t", "t/a.t"), "perl ./a.t") << "a bare name would be looked up in PATH";
  EXPECT_EQ(command("/p/build", "t/a.t"), "perl /p/t/a.t");
}

TEST(Framework, RefusesWhatCannotWork) {
  EXPECT_THROW(Framework(suite_running({"t", "xml"})), ConfigError);
  EXPECT_THROW(Framework(suite_running({"t {ids}", "exit", Feed::batch})), ConfigError);
  EXPECT_THROW(Framework(suite_running({"t '", "exit"})), ConfigError);
}

}  // namespace
}  // namespace sharder
