// What a test may count on: workers that do not meet, and the same files for every test.
#include <pwd.h>
#include <unistd.h>

#include <fstream>

#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {
namespace {

class Isolation : public EndToEnd {
 protected:
  /// A pytest-free way to hold a port: Python listens, waits, and fails if somebody else has it.
  static std::string listen(int port, double seconds) {
    return "exec /usr/bin/python3 -c \"import socket,time; s=socket.create_server(('127.0.0.1'," +
           std::to_string(port) + ")); time.sleep(" + std::to_string(seconds) + ")\"";
  }
};

TEST_F(Isolation, WorkersHaveTheirOwnPortsAndFiles) {
  exec_suite();
  for (const char* name : {"t/a", "t/b", "t/c", "t/d"})
    script(name, "mkdir /tmp/only-one || exit 1\n" + listen(5432, 1));
  const RunOutcome result = run({"-j", "4", "--reruns", "0"});
  EXPECT_EQ(result.status, 0) << result.all();
  std::set<int> workers;
  for (const Json& attempt : result.events("attempt.finished"))
    workers.insert(attempt.at("worker").get<int>());
  EXPECT_GE(workers.size(), 2u) << "they were not there at once";
}

TEST_F(Isolation, ATestSeesNothingOfThoseBeforeIt) {
  exec_suite();
  for (const char* name : {"t/a", "t/b", "t/c"})
    script(name,
           "for f in /tmp/x /x /var/tmp/x /dev/shm/x \"$PWD\"/x; do test ! -e $f || { echo $f is there; exit "
           "1; }; done\n"
           "touch /tmp/x /x /var/tmp/x /dev/shm/x x && rm t/c 2> /dev/null; echo changed > sharder.toml");
  const RunOutcome result = run({"-j", "1", "--reruns", "0"});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(names_in(project()), ".sharder sharder.toml t");
  EXPECT_EQ(names_in(project() / "t"), "a b c");
  EXPECT_EQ(names_in("/x"), "");
  EXPECT_NE(read(project() / "sharder.toml"), "changed\n");
}

TEST_F(Isolation, FreshWorkerKeepsWhatTestsLeave) {
  exec_suite();
  script("t/a", "touch /tmp/x x /left");
  script("t/b", "test -e /tmp/x && test -e x && test -e /left");
  const RunOutcome result = run({"-j", "1", "--fresh", "worker", "--order", "listed", "--reruns", "0"});
  std::error_code ignored;
  EXPECT_FALSE(std::filesystem::exists("/left", ignored));
  EXPECT_EQ(result.status, 0) << result.all();
}

TEST_F(Isolation, FreshCloneGivesEachTestItsOwn) {
  exec_suite();
  for (const char* name : {"t/a", "t/b", "t/c"}) script(name, "test ! -e /tmp/x && touch /tmp/x");
  const RunOutcome result = run({"-j", "1", "--fresh", "clone", "--reruns", "0"});
  EXPECT_EQ(result.status, 0) << result.all();
  std::set<std::string> clones;
  for (const Json& attempt : result.events("attempt.finished"))
    clones.insert(attempt.at("clone").get<std::string>());
  EXPECT_EQ(clones.size(), 3u);
}

TEST_F(Isolation, FreshTestSplitsLiveRunners) {
  toml(
      "[suite.unit]\nframework = \"pytest\"\ninterpreter = \"/usr/bin/python3\"\n[clones]\nfresh = "
      "\"test\"\nworkers = 1\n");
  write("test_memory.py",
        "seen = []\ndef test_a(): assert not seen; seen.append(1)\ndef test_b(): assert not seen; "
        "seen.append(1)\n");
  const RunOutcome result = run({"--reruns", "0"});
  EXPECT_EQ(result.status, 0) << result.all();
}

TEST_F(Isolation, VariablesAreThoseOfTheContractAndNoOthers) {
  exec_suite("pass_environment = [\"COLOUR\"]\nenvironment = { SHAPE = \"round\" }\n");
  script("t/a", "env");
  const RunOutcome result =
      run({"-j", "2", "--seed", "7"},
          {{"COLOUR", "red"}, {"SECRET", "x"}, {"GTEST_SHARD_INDEX", "0"}, {"GTEST_TOTAL_SHARDS", "1"}});
  ASSERT_EQ(result.status, 0) << result.all();
  const std::string env = "\n" + result.output_of("t/a");
  for (const char* line : {"COLOUR=red", "SHAPE=round", "SHARDER_WORKER_COUNT=2", "SHARDER_ATTEMPT=1",
                           "SHARDER_TEST=t/a", "TMPDIR=/tmp"})
    EXPECT_NE(env.find("\n" + std::string(line) + "\n"), std::string::npos)
        << line << " is missing in" << env;
  for (const char* name : {"SHARDER_RUN_ID=", "SHARDER_WORKER=", "SHARDER_SEED=", "HOME=", "USER=", "PATH="})
    EXPECT_NE(env.find("\n" + std::string(name)), std::string::npos) << name << " is missing in" << env;
  for (const char* name : {"SECRET", "SHARD_INDEX", "TOTAL_SHARDS"})
    EXPECT_EQ(env.find(name), std::string::npos) << env;
}

TEST_F(Isolation, TestsRunAsWhoCalledSudo) {
  const passwd* nobody = ::getpwnam("nobody");
  if (nobody == nullptr) GTEST_SKIP() << "there is no user nobody";
  exec_suite();
  script("t/a", "id -u; touch mine && ! touch /root/x 2> /dev/null && ! cat /etc/shadow 2> /dev/null");
  ::chown(project().c_str(), nobody->pw_uid, nobody->pw_gid);
  const std::string uid = std::to_string(nobody->pw_uid), gid = std::to_string(nobody->pw_gid);
  const RunOutcome result =
      run({"--reruns", "0"}, {{"SUDO_UID", uid}, {"SUDO_GID", gid}, {"SUDO_USER", "nobody"}});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(result.output_of("t/a"), uid + "\n");
  EXPECT_EQ(call({"find", ".sharder", "!", "-user", "nobody"}).output, "")
      << "not handed over to the invoker";
}

TEST_F(Isolation, SecretsAreHidden) {
  exec_suite("[clones]\nhide = [\"/var/tmp/" + project().parent_path().filename().string() +
             "/outside/*\"]\n");
  const std::filesystem::path secret = outside() / "secret";
  std::filesystem::create_directories(secret);
  write("../outside/secret/key", "secret\n");
  script("t/a", "! cat " + (secret / "key").string() + " 2> /dev/null");
  const RunOutcome result = run({"--reruns", "0"});
  EXPECT_EQ(result.status, 0) << result.all();
}

TEST_F(Isolation, TheNetworkIsLoopbackAlone) {
  exec_suite();
  script("t/a", "test \"$(ls /sys/class/net)\" = lo && " + listen(80, 0));
  const RunOutcome result = run({"--reruns", "0"});
  EXPECT_EQ(result.status, 0) << result.all();
}

TEST_F(Isolation, MountsAreReadOnlyCopiesOrTheRealThing) {
  for (const char* name : {"ro", "cow", "rw"}) std::filesystem::create_directories(outside() / name);
  std::string mounts;
  for (const char* name : {"ro", "cow", "rw"})
    mounts += "{ source = \"" + (outside() / name).string() + "\", target = \"/srv/" + name +
              "\", mode = \"" + name + "\" }, ";
  exec_suite("[clones]\nmounts = [" + mounts + "]\n");
  script("t/a", "! touch /srv/ro/x 2> /dev/null && touch /srv/cow/x && touch /srv/rw/x");
  const RunOutcome result = run({"--reruns", "0"});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_EQ(names_in(outside() / "ro"), "");
  EXPECT_EQ(names_in(outside() / "cow"), "");
  EXPECT_EQ(names_in(outside() / "rw"), "x");
}

TEST_F(Isolation, MountsLieBeneathTmpToo) {
  std::filesystem::create_directories(outside() / "data");
  std::ofstream(outside() / "data/file") << "content\n";
  const std::string source = (outside() / "data").string();
  exec_suite("[clones]\nmounts = [{ source = \"" + source + "\", target = \"/tmp/deep/data\" }, { source = \"" +
             source + "/file\", target = \"/run/deep/file\" }]\n");
  script("t/a", "grep content /tmp/deep/data/file /run/deep/file && touch /tmp/beside");
  for (const char* fresh : {"test", "worker"}) {
    const RunOutcome result = run({"--reruns", "0", "--fresh", fresh});
    EXPECT_EQ(result.status, 0) << fresh << result.all() << result.output_of("t/a");
  }
}

}  // namespace
}  // namespace sharder::end_to_end
