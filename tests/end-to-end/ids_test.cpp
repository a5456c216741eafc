// Ids are the frameworks' own: blanks, commas, brackets, quotes and other alphabets must survive listing,
// running, selecting and every report.
#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {
namespace {

class Ids : public EndToEnd {
 protected:
  /// Runs all, then each by its whole id and by a load list.
  void expect_each_runs(const std::vector<std::string>& ids) {
    const RunOutcome everything = run();
    EXPECT_EQ(everything.status, 0) << everything.all();
    std::string list;
    for (const std::string& id : ids) {
      EXPECT_EQ(everything.verdict(id), "passed");
      list += id + "\n";
    }
    EXPECT_EQ(everything.results.at("results").at("tests").size(), ids.size()) << everything.verdicts();
    const RunOutcome listed = run({"--load-list", "-"}, {}, list);
    EXPECT_EQ(listed.status, 0) << listed.all();
    EXPECT_EQ(listed.results.at("results").at("tests").size(), ids.size());
    const RunOutcome one = run({"--exact", ids.front()});
    EXPECT_EQ(one.verdicts(), ids.front() + "=passed") << one.all();
  }
};

const std::vector<std::string> names{
    "with blank", "comma,and;semicolon",   "(brackets)[1]{2}", "it's \"quoted\"",
    "größe-日本", "dollar $HOME `id` \\n", "-leading dash",    "star*?",
    "ends with."};

TEST_F(Ids, OfProgramsAreFileNames) {
  toml("[suite.unit]\nframework = \"exec\"\nprograms = [\"t/*\"]\n");
  std::vector<std::string> ids;
  for (const std::string& name : names) {
    script("t/" + name, "test \"$SHARDER_TEST\" = \"$0\" || echo \"$SHARDER_TEST and $0\"");
    ids.push_back("t/" + name);
  }
  expect_each_runs(ids);
}

TEST_F(Ids, OfYourOwnFrameworkAreLines) {
  toml(
      "[framework.mine]\n"
      "list = { command = \"cat ids\", format = \"ids\" }\n"
      "run = { command = \"grep -qxF -e {id} ids\", format = \"exit\", feed = \"each\" }\n"
      "[suite.unit]\nframework = \"mine\"\n");
  std::string ids;
  for (const std::string& name : names) ids += name + "\n";
  write("ids", ids);
  expect_each_runs(names);
}

TEST_F(Ids, OfPytestHoldParameters) {
  toml("[suite.unit]\nframework = \"pytest\"\ninterpreter = \"/usr/bin/python3\"\n");
  write("test_ids.py",
        "import pytest\n"
        "@pytest.mark.parametrize('x', ['a b', 'c,d', '(e)[f]', 'it\\'s \"q\"', 'größe'])\n"
        "def test_it(x): pass\n");
  expect_each_runs({"test_ids.py::test_it[a b]", "test_ids.py::test_it[c,d]", "test_ids.py::test_it[(e)[f]]",
                    "test_ids.py::test_it[it's \"q\"]", "test_ids.py::test_it[gr\\xf6\\xdfe]"});
}

TEST_F(Ids, OfCTestAreFree) {
  std::string tests;
  const std::vector<std::string> ids{"with blank", "comma,and", "(brackets)[1]", "it's \"quoted\"", "größe"};
  for (const std::string& id : ids) tests += "add_test([=[" + id + "]=] /bin/true)\n";
  toml("[suite.unit]\nframework = \"ctest\"\ndirectory = \"build\"\n");
  write("build/CTestTestfile.cmake", tests);
  expect_each_runs(ids);
}

TEST_F(Ids, OfBatchesOfSubunitComeBackWhole) {
  toml(
      "[framework.mine]\n"
      "list = { command = \"cat ids\", format = \"ids\" }\n"
      "run = { command = \"sh runner {id_file}\", format = \"subunit1\", feed = \"batch\" }\n"
      "[suite.unit]\nframework = \"mine\"\n");
  const std::vector<std::string> ids{"with blank", "comma,and;semicolon", "(brackets)[1]{2}",
                                     "it's \"quoted\"", "größe-日本"};
  std::string text;
  for (const std::string& id : ids) text += id + "\n";
  write("ids", text);
  write("runner", "while read -r id; do echo \"test: $id\"; echo \"success: $id\"; done < \"$1\"\n");
  expect_each_runs(ids);
}

TEST_F(Ids, NameSuiteAndProgramWhereThereAreSeveral) {
  toml(
      "[framework.mine]\n"
      "list = { command = \"{program} list\", format = \"ids\" }\n"
      "run = { command = \"{program} {id}\", format = \"exit\", feed = \"each\" }\n"
      "[suite.one]\nframework = \"mine\"\nprograms = [\"a\", \"b\"]\n"
      "[suite.two]\nframework = \"exec\"\nprograms = [\"c\"]\n");
  for (const char* program : {"a", "b"}) script(program, "[ $1 = list ] && echo same; exit 0");
  script("c", "exit 0");
  const RunOutcome result = run({"--order", "listed"});
  EXPECT_EQ(result.verdicts(), "one/a:same=passed one/b:same=passed two/c=passed") << result.all();
  const Json& extra = result.test("one/b:same").at("extra");
  EXPECT_EQ(extra.at("suite"), "one");
  EXPECT_EQ(extra.at("program"), "b");
  EXPECT_EQ(extra.at("name"), "same");
}

}  // namespace
}  // namespace sharder::end_to_end
