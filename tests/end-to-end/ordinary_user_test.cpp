// What somebody can have who is not root: clones on bases of his own, with everything that runs promise; and what he is
// told where a piece is missing, or where it takes root.
#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "tests/end-to-end/ordinary_user.hpp"
#include "tests/end-to-end/remains.hpp"

namespace sharder::end_to_end {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class OrdinaryUserTest : public OrdinaryUser {
 protected:
  void make_base() {
    const Transcript made = sharder_as_user({"base", "create", "small", "--from", small_root().string()});
    ASSERT_EQ(made.status, 0) << made.all();
  }
};

TEST_F(OrdinaryUserTest, RunsASuiteOnABaseOfHisOwn) {
  script("t/passes", "test \"$(id -u)\" = 54321 && touch here && test -O t/passes");
  script("t/fails", "exit 1");
  script("t/flaky", "test \"$SHARDER_ATTEMPT\" = 2");
  script("t/fresh", "test ! -e here && test ! -e " + outside().string());
  exec_suite("[clones]\nbase = \"small\"\n");
  hand_over_project();
  make_base();
  const RunOutcome result = run_as_user({"-j", "2", "--reruns", "1"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdict("t/passes"), "passed") << result.all();
  EXPECT_EQ(result.verdict("t/fails"), "failed");
  EXPECT_EQ(result.verdict("t/flaky"), "flaky");
  EXPECT_EQ(result.verdict("t/fresh"), "passed") << result.output_of("t/fresh");
  EXPECT_THAT(result.error_output, HasSubstr("NO LIMITS")) << "nothing was delegated to him here";
  EXPECT_EQ(names_in(project()), ".sharder sharder.toml t");
}

TEST_F(OrdinaryUserTest, HasALayerOfHisSetupAndHidesWhatItRemoved) {
  script("t/sees",
         "test \"$(cat made)\" = yes && test ! -e /etc/gone && test ! -e /etc/all/old && test -e /etc/all/new");
  exec_suite("[clones]\nbase = \"small\"\n[clones.setup]\ncommand = \"sh setup\"\n");
  write("setup", "echo yes > made; rm /etc/gone; rm -r /etc/all; mkdir /etc/all; touch /etc/all/new\n");
  hand_over_project();
  const std::filesystem::path root = small_root();
  std::filesystem::create_directories(root / "etc/all");
  EXPECT_EQ(call({"touch", (root / "etc/gone").string(), (root / "etc/all/old").string()}).status, 0);
  EXPECT_EQ(call({"cp", "/usr/bin/rm", (root / "bin").string()}).status, 0);
  const std::string archive = (outside() / "root.tar").string();
  EXPECT_EQ(call({"tar", "--create", "--file", archive, "--directory", root.string(), "."}).status, 0);
  const Transcript made = sharder_as_user({"base", "create", "small", "--from", archive});
  ASSERT_EQ(made.status, 0) << made.all();
  const RunOutcome result = run_as_user({});
  EXPECT_EQ(result.verdicts(), "t/sees=passed") << result.all();
}

/// Control groups delegated to him, as systemd does it; gone with the object.
class Delegation {
 public:
  Delegation() {
    const std::string name = "/ordinary-user-" + std::to_string(::getpid());
    if (std::filesystem::exists("/sys/fs/cgroup/cgroup.controllers")) {
      directories_ = {"/sys/fs/cgroup" + name};
    } else {
      directories_ = {"/sys/fs/cgroup/memory" + name, "/sys/fs/cgroup/pids" + name};
    }
    for (const std::string& directory : directories_)
      enter_ += "mkdir -p " + directory + "; chown -R 54321:54321 " + directory + "; echo $$ > " + directory +
                "/cgroup.procs; ";
  }
  ~Delegation() {
    for (const std::string& directory : directories_) {
      ::rmdir((directory + "/init.scope").c_str());
      EXPECT_EQ(::rmdir(directory.c_str()), 0) << directory << " is not empty";
    }
  }
  /// For a shell that is to be in them.
  std::string enter() const { return enter_ + "true"; }

 private:
  std::vector<std::string> directories_;
  std::string enter_;
};

TEST_F(OrdinaryUserTest, HasLimitsWhereControlGroupsAreHis) {
  const Delegation delegation;
  spoil = delegation.enter();
  script("t/forks", "(n=0; while test $n -lt 100; do sleep 100 & n=$((n + 1)); done) && exit 1; exit 0");
  exec_suite("[clones]\nbase = \"small\"\nprocesses = 40\n");
  hand_over_project();
  make_base();
  const RunOutcome result = run_as_user({"-j", "1"});
  EXPECT_EQ(result.verdicts(), "t/forks=passed") << result.all();
  EXPECT_THAT(result.error_output, Not(HasSubstr("NO LIMITS")));
}

TEST_F(OrdinaryUserTest, LeavesNothingWhenKilled) {
  script("t/waits", "sleep 1000 & sleep 1000");
  exec_suite("[clones]\nbase = \"small\"\n");
  hand_over_project();
  make_base();
  const std::unique_ptr<Program> program = start_as_user({"run", "--no-history", "--progress", "lines"});
  const auto sleeps = [] {
    return std::ranges::any_of(descendants(), [](const std::string& name) { return name.starts_with("sleep "); });
  };
  ASSERT_TRUE(eventually(sleeps));
  program->signal(SIGKILL);
  program->wait();
  EXPECT_TRUE(eventually([] { return descendants().empty(); }, std::chrono::seconds(1)))
      << testing::PrintToString(descendants());
  const Transcript cleaned = sharder_as_user({"clean"});
  EXPECT_EQ(cleaned.status, 0) << cleaned.all();
}

TEST_F(OrdinaryUserTest, RemovesABaseThatHoldsFilesOfManyOwners) {
  make_base();
  const Transcript removed = sharder_as_user({"base", "remove", "small"});
  EXPECT_EQ(removed.status, 0) << removed.all();
  EXPECT_EQ(names_in(home() / ".local/share/sharder/bases"), "");
}

TEST_F(OrdinaryUserTest, IsToldWhatTakesRootAndWhatHeCanHave) {
  script("t/passes", "true");
  for (const auto& [key, instead] : {std::pair{"base = \"host\"", "sharder base create"},
                                     {"base = \"small\"\nnetwork = \"bridge\"", "network = \"none\""},
                                     {"base = \"small\"\nprivileged = true", "root of their own"},
                                     {"base = \"small\"\nstorage = \"disk\"", "storage = \"tmpfs\""}}) {
    exec_suite(std::string("[clones]\n") + key + "\n");
    hand_over_project();
    const RunOutcome result = run_as_user({});
    EXPECT_EQ(result.status, 2) << key;
    EXPECT_THAT(result.error_output, AllOf(HasSubstr("takes root"), HasSubstr(instead))) << key;
  }
}

TEST_F(OrdinaryUserTest, HearsFromDoctorWhatToDo) {
  const Transcript well = sharder_as_user({"doctor"});
  EXPECT_EQ(well.status, 0) << well.all();
  EXPECT_THAT(well.output, AllOf(HasSubstr("Delegate=yes"), HasSubstr("sharder base create")));

  subordinate_ids = "somebody:1600000000:65536\ntester:1700000000:1000\n";
  const Transcript without_ids = sharder_as_user({"doctor"});
  EXPECT_EQ(without_ids.status, 2) << without_ids.all();
  EXPECT_THAT(without_ids.output, AllOf(HasSubstr("MISSING  ids in /etc/subuid"), HasSubstr("usermod --add-subuids"),
                                        HasSubstr("MISSING  ids in /etc/subgid"), HasSubstr("usermod --add-subgids")));

  subordinate_ids = "tester:1600000000:65536\n";
  spoil = "mount --bind /dev/null /usr/bin/newuidmap";
  const Transcript without_program = sharder_as_user({"doctor"});
  EXPECT_EQ(without_program.status, 2) << without_program.all();
  EXPECT_THAT(without_program.output, AllOf(HasSubstr("MISSING  newuidmap"), HasSubstr("apt-get install uidmap"),
                                            Not(HasSubstr("MISSING  newgidmap"))));
}

TEST_F(OrdinaryUserTest, HearsFromARunWhatIsMissing) {
  script("t/passes", "true");
  exec_suite("[clones]\nbase = \"small\"\n");
  hand_over_project();
  make_base();
  subordinate_ids = "tester:1600000000:1000\n";
  const RunOutcome result = run_as_user({});
  EXPECT_EQ(result.status, 2) << result.all();
  EXPECT_THAT(result.error_output, HasSubstr("usermod --add-subuids"));
  subordinate_ids = "tester:1600100000:65536\n";
  const RunOutcome other = run_as_user({});
  EXPECT_EQ(other.status, 2) << other.all();
  EXPECT_THAT(other.error_output, HasSubstr("made with other ids"));
}

}  // namespace
}  // namespace sharder::end_to_end
