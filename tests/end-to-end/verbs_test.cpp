// The verbs beside run: what they print, and their exit status.
#include <gmock/gmock.h>
#include <unistd.h>

#include <sstream>

#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Verbs : public EndToEnd {};

TEST_F(Verbs, ExplainThemselves) {
  const Transcript overview = sharder({"--help"});
  EXPECT_EQ(overview.status, 0);
  EXPECT_THAT(overview.output, AllOf(HasSubstr("run"), HasSubstr("doctor")));
  EXPECT_THAT(sharder({"--version"}).output, HasSubstr("sharder "));
  for (const char* verb : {"run", "list", "init", "shell", "doctor", "clean", "base"}) {
    const Transcript help = sharder({verb, "--help"});
    EXPECT_EQ(help.status, 0) << verb;
    EXPECT_THAT(help.output, HasSubstr(std::string("sharder ") + verb));
    EXPECT_EQ(help.error_output, "");
  }
}

TEST_F(Verbs, ListPrintsIdsOrJson) {
  exec_suite("[[override]]\nmatch = \"t/b\"\nlocks = [\"gpu\"]\n");
  for (const char* name : {"t/a", "t/b"}) script(name, "exit 0");
  const Transcript text = sharder({"list"});
  EXPECT_EQ(text.status, 0) << text.all();
  EXPECT_EQ(text.output, "t/a\nt/b\n");
  const Transcript json = sharder({"list", "--format", "json"});
  std::istringstream lines(json.output);
  std::vector<Json> tests;
  for (std::string line; std::getline(lines, line);) tests.push_back(Json::parse(line));
  ASSERT_EQ(tests.size(), 2u) << json.all();
  EXPECT_EQ(tests[1].at("id"), "t/b");
  EXPECT_EQ(tests[1].at("suite"), "unit");
  EXPECT_EQ(tests[1].at("locks"), Json::array({"gpu"}));
  EXPECT_FALSE(std::filesystem::exists(project() / ".sharder"));
}

TEST_F(Verbs, ListExplainsThePresetInForce) {
  toml("[suite.unit]\nframework = \"pytest\"\narguments = [\"-q\"]\n");
  const Transcript explained = sharder({"list", "--explain"});
  EXPECT_EQ(explained.status, 0) << explained.all();
  EXPECT_THAT(explained.output, AllOf(HasSubstr("suite unit"), HasSubstr("pytest"), HasSubstr("feed")));
}

TEST_F(Verbs, InitWritesWhatListAndRunTake) {
  write("tests/test_things.py", "def test_good(): pass\n");
  write("pytest.ini", "[pytest]\n");
  const Transcript init = sharder({"init"});
  EXPECT_EQ(init.status, 0) << init.all();
  EXPECT_THAT(read(project() / "sharder.toml"), HasSubstr("pytest"));
  const Transcript list = sharder({"list"});
  EXPECT_EQ(list.output, "tests/test_things.py::test_good\n")
      << list.all() << read(project() / "sharder.toml");
  const std::string before = read(project() / "sharder.toml");
  const Transcript again = sharder({"init"});
  EXPECT_EQ(again.status, 2) << "there is one already: " << again.all();
  EXPECT_EQ(read(project() / "sharder.toml"), before);
}

TEST_F(Verbs, DoctorSaysThatClonesCanRun) {
  const Transcript doctor = sharder({"doctor"});
  EXPECT_EQ(doctor.status, 0) << doctor.all();
  EXPECT_THAT(doctor.output, AllOf(HasSubstr("cores"), HasSubstr("/etc/ssl/private")));
}

TEST_F(Verbs, ShellReadsCommandsFromStandardInput) {
  exec_suite();
  script("t/a", "exit 0");
  const Transcript shell = sharder({"shell"}, {}, "id -u; pwd; touch /left t/left; echo oops >&2; exit 7\n");
  EXPECT_EQ(shell.status, 7) << shell.all();
  EXPECT_EQ(shell.output, "0\n" + project().string() + "\n");
  EXPECT_EQ(shell.error_output, "oops\n");
  EXPECT_FALSE(std::filesystem::exists("/left"));
  EXPECT_EQ(names_in(project() / "t"), "a");
}

TEST_F(Verbs, ShellHasATestsSurroundings) {
  exec_suite("environment = { SHAPE = \"round\" }\n");
  script("t/a", "exit 0");
  const Transcript shell = sharder({"shell", "t/a"}, {}, "echo $SHAPE $SHARDER_TEST\n");
  EXPECT_EQ(shell.output, "round t/a\n") << shell.all();
  EXPECT_EQ(sharder({"shell", "t/none"}, {}, "").status, 2);
}

TEST_F(Verbs, BasesAreCreatedUsedAndRemoved) {
  const std::string root = (outside() / "root").string(), name = "end-to-end-" + std::to_string(::getpid());
  // A shell and its libraries make a base: sharder needs nothing of it.
  const Transcript made =
      call({"sh", "-c",
            "set -e; mkdir -p " + root + "/bin " + root + "/etc " + root + "/tmp; cp /bin/sh " + root +
                "/bin; for f in $(ldd /bin/sh | grep -o '/[^ ]*'); do mkdir -p " + root +
                "$(dirname $f); cp $f " + root + "$f; done; echo mine > " + root + "/etc/origin"});
  ASSERT_EQ(made.status, 0) << made.all();
  const Transcript created = sharder({"base", "create", name, "--from", root});
  ASSERT_EQ(created.status, 0) << created.all();
  EXPECT_THAT(sharder({"base", "list"}).output, HasSubstr(name));
  EXPECT_THAT(sharder({"base", "show", name}).output, HasSubstr(root));
  EXPECT_EQ(sharder({"base", "create", name, "--from", root}).status, 2) << "there is one already";
  exec_suite();
  script("t/a", "read origin < /etc/origin; echo $origin; test ! -e /usr/bin/python3");
  const RunOutcome result = run({"--base", name, "--reruns", "0"});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(result.output_of("t/a"), "mine\n") << result.all();
  const Transcript removed = sharder({"base", "remove", name});
  EXPECT_EQ(removed.status, 0) << removed.all();
  EXPECT_EQ(sharder({"base", "show", name}).status, 2);
}

}  // namespace
}  // namespace sharder::end_to_end
