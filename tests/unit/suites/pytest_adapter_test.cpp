// The adapter inside a real pytest. Skipped where python3 has none.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "sharder/suites/adapters.hpp"
#include "sharder/suites/list_formats.hpp"
#include "sharder/suites/result_formats.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"
#include "sharder/support/unique_fd.hpp"
#include "tests/unit/suites/event_text.hpp"

namespace sharder {
namespace {

struct Ran {
  int exit_status = -1;
  std::string results, output;
};

std::string read_to_end(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer;
  for (ssize_t got = 0; (got = read(descriptor, buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(got));
  return text;
}

[[noreturn]] void become_adapter(const std::vector<std::string>& command, const std::string& directory,
                                 const std::array<int, 3>& descriptors) {
  // Copies above the targets first, so that no target is overwritten before it is copied.
  std::array<int, 3> copies{};
  for (std::size_t i = 0; i < copies.size(); ++i) {
    copies[i] = dup(descriptors[i]);
    while (copies[i] < 10) copies[i] = dup(copies[i]);
  }
  dup2(copies[0], 3);
  dup2(copies[1], 4);
  dup2(copies[2], 1);
  dup2(copies[2], 2);
  for (int descriptor = 5; descriptor < 64; ++descriptor) close(descriptor);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  if (chdir(directory.c_str()) == 0) execvp(words[0], words.data());
  _exit(127);
}

class PytestAdapter : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("python3 -c 'import pytest' 2>/dev/null") != 0) GTEST_SKIP() << "python3 has no pytest";
    directory_ = std::filesystem::path(testing::TempDir()) / ("sharder-adapter-" + std::to_string(getpid()));
    std::filesystem::create_directories(directory_ / "adapters");
    write_file(directory_ / "adapters/sharder_pytest.py", adapter_text("sharder_pytest.py"));
    for (const char* project : {"pytest_project", "pytest_broken", "pytest_ids", "pytest_doctest"})
      std::filesystem::copy(std::string(SHARDER_TEST_DATA) + "/unit/suites/data/" + project,
                            directory_ / project, std::filesystem::copy_options::recursive);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  Ran run(const std::string& project, std::vector<std::string> arguments, const std::string& ids) {
    std::vector<std::string> command{"python3", directory_ / "adapters/sharder_pytest.py"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    Pipe feed = make_pipe(), results = make_pipe(), output = make_pipe();
    const pid_t child = fork();
    if (child == 0)
      become_adapter(command, directory_ / project,
                     {feed.read_end.get(), results.write_end.get(), output.write_end.get()});
    feed.read_end.reset();
    results.write_end.reset();
    output.write_end.reset();
    // A handful of ids, and what pytest prints about them, fit into the pipes.
    EXPECT_EQ(write(feed.write_end.get(), ids.data(), ids.size()), static_cast<ssize_t>(ids.size()));
    feed.write_end.reset();
    Ran ran;
    ran.results = read_to_end(results.read_end.get());
    ran.output = read_to_end(output.read_end.get());
    int status = 0;
    waitpid(child, &status, 0);
    ran.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return ran;
  }

  std::filesystem::path directory_;
};

Listing listing_of(const Ran& ran) {
  ListingBuilder builder;
  list_subunit(ran.results, {}, builder);
  return builder.finish();
}

TEST_F(PytestAdapter, ListsWhatPytestCollects) {
  const Ran ran = run("pytest_project", {"list"}, "");
  ASSERT_EQ(ran.exit_status, 0) << ran.output;
  const Listing listing = listing_of(ran);
  ASSERT_EQ(listing.tests.size(), 26u);
  EXPECT_EQ(listing.tests[0].name, "test_late.py::test_first");
  EXPECT_EQ(listing.tests[2].name, "test_outcomes.py::test_outcomes");
  const auto slow = std::find_if(listing.tests.begin(), listing.tests.end(), [](const sharder::Test& test) {
    return test.name == "test_outcomes.py::test_parameters[x::y]";
  });
  ASSERT_NE(slow, listing.tests.end());
  EXPECT_EQ(slow->tags, (std::vector<std::string>{"parametrize", "slow"}));
}

TEST_F(PytestAdapter, ListsWhatArgumentsAndGlobsSelect) {
  EXPECT_EQ(listing_of(run("pytest_project", {"list", "-m", "slow"}, "")).tests.size(), 8u);
  EXPECT_EQ(listing_of(run("pytest_project", {"list", "*_late.py"}, "")).tests.size(), 2u);
  const Ran nothing = run("pytest_project", {"list", "-k", "nothing_like_this"}, "");
  EXPECT_EQ(nothing.exit_status, 0);
  EXPECT_EQ(nothing.results, "");
}

TEST_F(PytestAdapter, FailsToListWhatCannotBeImported) {
  const Ran ran = run("pytest_broken", {"list"}, "");
  EXPECT_EQ(ran.exit_status, 2);
  EXPECT_NE(ran.output.find("No module named 'a_module_that_is_nowhere'"), std::string::npos);
}

TEST_F(PytestAdapter, RunsEveryTestThatItIsFed) {
  std::string ids;
  for (const sharder::Test& test : listing_of(run("pytest_project", {"list", "test_outcomes.py"}, "")).tests)
    ids += test.name + "\x1fpy/" + test.name + "\n";
  const Ran ran = run("pytest_project", {"run"}, ids + "nowhere.py::test\x1fpy/nowhere.py::test\n");
  EXPECT_EQ(ran.exit_status, 0) << ran.output;
  const std::string text = text_of_run([] { return make_subunit_parser({}); }, ran.results, 0);
  std::string finished;
  for (const std::string& line : split_lines(text))
    if (line.starts_with("finished "))
      finished += replace_all(line, "finished test_outcomes.py::", "") + "\n";
  EXPECT_EQ(finished,
            "test_outcomes passed\n"
            "test_passes passed\n"
            "test_shares_the_module passed\n"
            "test_fails failed [assert 1 == 2]\n"
            "test_set_up failed [error at setup: RuntimeError: no set-up]\n"
            "test_tear_down failed [error at teardown: RuntimeError: no tear-down]\n"
            "test_skips skipped [no database, sorry]\n"
            "test_xfails expected-failure [known]\n"
            "test_xpasses passed\n"
            "test_xpasses_strictly unexpected-success [[XPASS(strict)] known]\n"
            "test_parameters[a b] passed\n"
            "test_parameters[x::y] passed\n"
            "test_parameters[\\xfc] passed\n"
            "test_parameters[(a,b)] passed\n"
            "test_parameters['] passed\n"
            "test_parameters[[] passed\n"
            "test_parameters[] passed\n"
            "TestUnittest::test_in_a_class passed\n"
            "TestUnittest::test_skipped skipped [not here]\n"
            "test_forked_child_tells_nothing passed\n"
            "test_sees_itself passed\n"
            "finished nowhere.py::test failed [unknown test id: pytest does not collect it here]\n");
}

TEST_F(PytestAdapter, EscapesWhatDoesNotFitOnALine) {
  const Listing listing = listing_of(run("pytest_ids", {"list"}, ""));
  EXPECT_EQ(join(listing.problems, "; "), "");
  std::string ids;
  for (const sharder::Test& test : listing.tests) ids += test.name + "\x1fpy/" + test.name + "\n";
  const std::string results = run("pytest_ids", {"run"}, ids).results;
  std::string finished;
  for (const std::string& line : split_lines(text_of_run([] { return make_subunit_parser({}); }, results, 0)))
    if (line.starts_with("finished ")) finished += replace_all(line, "finished test_ids.py::", "") + "\n";
  EXPECT_EQ(finished,
            "test_function passed\n"
            "plain passed\n"
            "two\\nlines passed\n"
            "a\\x1fseparator passed\n"
            "a\\x00NUL passed\n"
            "a\\backslash passed\n"
            "größe passed\n");
}

TEST_F(PytestAdapter, TellsWhatADoctestExpectedAndGot) {
  const Ran ran = run("pytest_doctest", {"run"}, "test_doctest.txt::test_doctest.txt\n");
  EXPECT_EQ(text_of_run([] { return make_subunit_parser({}); }, ran.results, 0),
            "started test_doctest.txt::test_doctest.txt\n"
            "finished test_doctest.txt::test_doctest.txt failed [expected 3, got 2]\n");
}

TEST_F(PytestAdapter, CountsAModuleThatSkipsItself) {
  EXPECT_EQ(listing_of(run("pytest_project", {"list"}, "")).tests.back().name, "test_skips_itself.py");
  const Ran ran = run("pytest_project", {"run"}, "test_skips_itself.py\n");
  EXPECT_EQ(text_of_run([] { return make_subunit_parser({}); }, ran.results, 0),
            "started test_skips_itself.py\nfinished test_skips_itself.py skipped "
            "[could not import 'a_module_that_is_nowhere': No module named 'a_module_that_is_nowhere']\n");
}

TEST_F(PytestAdapter, LeavesTheVerdictToTheWholeTestWhereASubtestIsSkipped) {
  // In an older pytest unittest's subTest() ends the test.
  if (std::system("python3 -c 'import _pytest.subtests' 2>/dev/null") != 0)
    GTEST_SKIP() << "this pytest knows no subtests";
  const Ran ran = run("pytest_project", {"run"},
                      "test_subtests.py::Parts::test_one_skips\ntest_subtests.py::Parts::test_one_fails\n");
  EXPECT_EQ(text_of_run([] { return make_subunit_parser({}); }, ran.results, 0),
            "started test_subtests.py::Parts::test_one_skips\n"
            "finished test_subtests.py::Parts::test_one_skips passed\n"
            "started test_subtests.py::Parts::test_one_fails\n"
            "finished test_subtests.py::Parts::test_one_fails failed [subtest (number=1): assert 1 == 0]\n");
}

TEST_F(PytestAdapter, TellsATearDownThatComesLate) {
  const Ran ran = run("pytest_project", {"run"},
                      "test_late.py::test_second\ntest_outcomes.py::test_passes\ntest_late.py::test_first\n");
  EXPECT_EQ(text_of_run([] { return make_subunit_parser({}); }, ran.results, 0),
            "started test_late.py::test_second\nfinished test_late.py::test_second passed\n"
            "finished test_late.py::test_second failed late [error at teardown: ValueError: the module's "
            "tear-down]\n"
            "started test_outcomes.py::test_passes\nfinished test_outcomes.py::test_passes passed\n"
            "started test_late.py::test_first\nfinished test_late.py::test_first passed\n"
            "finished test_late.py::test_first failed late [error at teardown: ValueError: the module's "
            "tear-down]\n");
}

}  // namespace
}  // namespace sharder
