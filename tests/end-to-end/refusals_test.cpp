// Bad input: one message each, that names file, line and cure, and the exit status that says whose fault it
// was.
#include <gmock/gmock.h>

#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Refusals : public EndToEnd {
 protected:
  /// What `run` says on its way to `status`. Where nothing was run there are no results to print.
  std::string refused(int status, Words words = {}, Variables environment = {}) {
    const RunOutcome result = run(std::move(words), std::move(environment));
    EXPECT_EQ(result.status, status) << result.all();
    EXPECT_TRUE(status != 2 || result.output.empty()) << result.output;
    return result.error_output;
  }
};

TEST_F(Refusals, NameFileAndLine) {
  toml("[suite.unit]\nframework = \"exec\"\nprogams = [\"t/*\"]\n");
  EXPECT_THAT(refused(2), AllOf(HasSubstr("sharder.toml:3:"), HasSubstr("progams"), HasSubstr("programs")));
  exec_suite("[run]\nreruns = \"three\"\n");
  EXPECT_THAT(refused(2), AllOf(HasSubstr("sharder.toml:5:"), HasSubstr("reruns")));
  toml("[suite.unit]\nframework = \"pytset\"\n");
  EXPECT_THAT(refused(2), AllOf(HasSubstr("sharder.toml:2:"), HasSubstr("pytset"), HasSubstr("pytest")));
  toml("[suite.unit]\nframework = \"exec\"\n");
  EXPECT_THAT(refused(2), AllOf(HasSubstr("sharder.toml:"), HasSubstr("programs")));
  toml("[suite.unit\n");
  EXPECT_THAT(refused(2), HasSubstr("sharder.toml:1:"));
}

TEST_F(Refusals, NameAllMistakesAtOnce) {
  exec_suite("[run]\nreruns = -1\nflaky = \"maybe\"\n[clones]\nfresh = \"daily\"\nmemory = \"lots\"\n");
  EXPECT_THAT(refused(2), AllOf(HasSubstr("sharder.toml:5:"), HasSubstr("sharder.toml:6:"),
                                HasSubstr("sharder.toml:8:"), HasSubstr("sharder.toml:9:")));
}

TEST_F(Refusals, OfACorruptTestrFile) {
  write(".testr.conf", "[DEFAULT]\ntest_command=./run $IDOPTION\ntest_id_option=--load-list $IDFILE\n");
  EXPECT_THAT(refused(2), AllOf(HasSubstr(".testr.conf:2"), HasSubstr("LISTOPT")));
  write(".testr.conf", "this is not an ini file\n");
  EXPECT_THAT(refused(2), HasSubstr(".testr.conf"));
  write(".testr.conf", std::string("\0\377\376", 3));
  EXPECT_THAT(refused(2), HasSubstr(".testr.conf"));
}

TEST_F(Refusals, OfNoConfigurationAtAll) {
  EXPECT_THAT(refused(2), AllOf(HasSubstr("sharder.toml"), HasSubstr("sharder init")));
  EXPECT_THAT(refused(2, {"-C", "nowhere.toml"}), HasSubstr("nowhere.toml"));
}

TEST_F(Refusals, OfProgramsThatAreNotThere) {
  exec_suite();
  EXPECT_THAT(refused(5), AllOf(HasSubstr("t/*"), HasSubstr("unit")));
}

TEST_F(Refusals, OfAFlagNameOurs) {
  exec_suite();
  EXPECT_THAT(refused(2, {"--retries", "2"}), HasSubstr("--reruns"));
  EXPECT_THAT(refused(2, {"-x"}), HasSubstr("--fail-fast"));
  EXPECT_THAT(refused(2, {"-k", "x"}), HasSubstr("PATTERN"));
  EXPECT_THAT(refused(2, {"--rerun", "2"}), HasSubstr("--reruns"));
  EXPECT_THAT(refused(2, {"--reruns", "many"}), HasSubstr("--reruns"));
  EXPECT_THAT(refused(2, {"--suite", "unti"}), HasSubstr("unit"));
  EXPECT_THAT(refused(2, {}, {{"SHARDER_RUN_RERUNS", "many"}}), HasSubstr("SHARDER_RUN_RERUNS"));
  EXPECT_EQ(sharder({"rnu"}).status, 2);
}

TEST_F(Refusals, OfAListingQuoteIt) {
  toml("[suite.unit]\nframework = \"pytest\"\ninterpreter = \"/usr/bin/python3\"\n");
  write("test_broken.py", "import no_such_module\n");
  EXPECT_THAT(refused(5), AllOf(HasSubstr("unit"), HasSubstr("no_such_module")));
  toml(
      "[framework.mine]\nlist = { command = \"sh -c 'echo no database here >&2; exit 3'\", format = \"ids\" "
      "}\n"
      "run = { command = \"true {id}\", format = \"exit\" }\n[suite.unit]\nframework = \"mine\"\n");
  EXPECT_THAT(refused(5), AllOf(HasSubstr("no database here"), HasSubstr("3")));
  toml(
      "[framework.mine]\nlist = { command = \"./not-there\", format = \"ids\" }\n"
      "run = { command = \"true {id}\", format = \"exit\" }\n[suite.unit]\nframework = \"mine\"\n");
  EXPECT_THAT(refused(5), HasSubstr("not-there"));
}

TEST_F(Refusals, OfASetupQuoteIt) {
  exec_suite("[clones.setup]\ncommand = \"sh -c 'echo no compiler; exit 9'\"\n");
  script("t/a", "exit 0");
  EXPECT_THAT(refused(5), AllOf(HasSubstr("setup"), HasSubstr("no compiler"), HasSubstr("9")));
}

TEST_F(Refusals, OfServicesSayWhatReadySaid) {
  exec_suite(
      "[clones.start]\ncommand = \"sleep 100\"\nready = \"sh -c 'echo connection refused; exit 2'\"\ntimeout "
      "= \"300ms\"\n");
  script("t/a", "exit 0");
  EXPECT_THAT(refused(5), AllOf(HasSubstr("connection refused"), HasSubstr("0.3 s")));
  exec_suite("[clones.start]\ncommand = \"sh -c 'echo bad option; exit 1'\"\n");
  EXPECT_THAT(refused(5), HasSubstr("bad option"));
}

TEST_F(Refusals, OfAnUnknownBaseNameTheKnown) {
  exec_suite();
  script("t/a", "exit 0");
  EXPECT_THAT(refused(2, {"--base", "no-such-base"}),
              AllOf(HasSubstr("no-such-base"), HasSubstr("base create")));
}

TEST_F(Refusals, OfAnUnknownUser) {
  exec_suite("[clones]\nuser = \"nobody-of-that-name\"\n");
  script("t/a", "exit 0");
  EXPECT_THAT(refused(2), HasSubstr("nobody-of-that-name"));
}

TEST_F(Refusals, OfOrdinaryUsersNameSudo) {
  exec_suite();
  script("t/a", "exit 0");
  const Transcript transcript =
      call({"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", binary(), "run"});
  EXPECT_EQ(transcript.status, 2) << transcript.all();
  EXPECT_THAT(transcript.error_output, HasSubstr("sudo"));
}

TEST_F(Refusals, OfAMachineWithoutLxcNameThePackage) {
  exec_suite();
  script("t/a", "exit 0");
  const std::string nothing = (outside() / "nothing").string();
  std::filesystem::create_directories(nothing);
  // What is missing is missing in a private mount namespace only.
  const Transcript transcript =
      call({"unshare", "-m", "sh", "-c",
            "mount --bind " + nothing + " /usr/lib/$(uname -m)-linux-gnu/lxc && exec " + binary() + " run -j 1"});
  EXPECT_EQ(transcript.status, 2) << transcript.all();
  EXPECT_THAT(transcript.error_output, HasSubstr("liblxc-common"));
}

TEST_F(Refusals, OfRootWithoutItsCapabilitiesSayWhatIsNotAllowed) {
  exec_suite();
  script("t/a", "exit 0");
  const Transcript transcript =
      call({"setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin", binary(), "run", "-j", "1"});
  EXPECT_EQ(transcript.status, 2) << transcript.all();
  EXPECT_THAT(transcript.error_output, AllOf(HasSubstr("not permitted"), HasSubstr("capabilities")));
}

TEST_F(Refusals, OfAnOutputDirectoryThatCannotBe) {
  exec_suite();
  script("t/a", "exit 0");
  EXPECT_THAT(refused(2, {"-o", "sharder.toml/run"}),
              AllOf(HasSubstr("sharder.toml/run"), HasSubstr("--output")));
}

TEST_F(Refusals, OfACopyThatCannotBeComeBeforeAnyTest) {
  exec_suite();
  script("t/a", "exit 0");
  EXPECT_THAT(refused(2, {"--junit", "sharder.toml/junit.xml"}), HasSubstr("sharder.toml/junit.xml"));
}

TEST_F(Refusals, OfAFullDiskTellWhatIsMissing) {
  exec_suite();
  for (int i = 0; i < 30; ++i)
    script("t/" + std::to_string(i), "head -c 20000 /dev/zero | tr '\\0' x; exit 0");
  const std::string small = (outside() / "small").string();
  std::filesystem::create_directories(small);
  // The full file system goes with the private mount namespace.
  const Transcript transcript = call({"unshare", "-m", "sh", "-c",
                                      "mount -t tmpfs -o size=64k tmpfs " + small + " && exec " + binary() +
                                          " run -j 1 --no-history -o " + small + "/run"});
  EXPECT_EQ(transcript.status, 3) << transcript.all();
  EXPECT_THAT(transcript.error_output, HasSubstr("no space left on device"));
  EXPECT_THAT(transcript.output, HasSubstr("30 passed"));
}

}  // namespace
}  // namespace sharder::end_to_end
