#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"
#include "tests/lxc/lxc_fixture.hpp"

namespace sharder {
namespace {

/// A secret of the machine that clones must not see, and a project beneath a hidden directory.
class LxcIsolation : public LxcCloneTest {
 protected:
  ClonePoolSettings pool_settings() override {
    secret_ = "/var/tmp/sharder-" + run_id() + "/secret";
    std::filesystem::create_directories(secret_);
    std::ofstream(secret_ + "/key") << "secret\n";
    std::ofstream("/var/tmp/sharder-" + run_id() + "/file.key") << "secret\n";
    std::filesystem::create_directories(project() + "/.sharder/runs");
    ClonePoolSettings settings = LxcCloneTest::pool_settings();
    settings.hide = {secret_, "/var/tmp/sharder-" + run_id() + "/*.key"};
    settings.extra_files = {{"/.sharder/adapters/x.py", "pass\n", 0644},
                            {"/etc/hosts", "127.0.0.1 localhost clone\n", 0644}};
    return settings;
  }

  std::string secret_;
};

TEST_F(LxcIsolation, HasAUserNamespaceWithARangeOfItsOwn) {
  if (in_a_clone()) GTEST_SKIP() << "nested in a clone: all clones share its user namespace";
  const std::unique_ptr<Clone> other = obtain(*pool_);
  const std::string script = "cat /proc/self/uid_map";
  const std::string one = shell(*clone_, script).output, two = shell(*other, script).output;
  EXPECT_NE(one, two);
  EXPECT_NE(one.find("65536"), std::string::npos);
  EXPECT_EQ(shell(*clone_, "stat -c '%u %g' / /etc /tmp").output, "0 0\n0 0\n0 0\n");
}

TEST_F(LxcIsolation, HidesPathsEvenFromRoot) {
  const std::string script = "ls -A " + secret_ + " && ls " + secret_ + "/../*.key; umount " + secret_ +
                             "; rmdir " + secret_ + "; mkdir " + secret_ + "; ls -A " + secret_ +
                             "; ls -A /run/sharder /root/.ssh";
  for (const bool cell : {false, true}) {
    const std::string output = shell(*clone_, "(" + script + ") 2>/dev/null", cell).output;
    EXPECT_EQ(output.find("key"), std::string::npos) << output;
  }
  EXPECT_EQ(shell(*clone_, "ls -A .", true).output, "hello\n");  // .sharder is not there
}

TEST_F(LxcIsolation, HasNothingBeneathTheProjectWhereACellsRootUnmountsIt) {
  EXPECT_EQ(shell(*clone_, "cd /; umount " + project() + " && ls -A " + project(), true).output, "");
  EXPECT_EQ(shell(*clone_, "cd /; umount " + project(), true).ended.termination.code, 0);
}

TEST_F(LxcIsolation, ShowsExtraFilesInClonesAndCells) {
  for (const bool cell : {false, true})
    EXPECT_EQ(shell(*clone_, "cat /.sharder/adapters/x.py; head -n1 /etc/hosts", cell).output,
              "pass\n127.0.0.1 localhost clone\n");
}

TEST_F(LxcIsolation, LeavesTheMachinesFilesAsTheyAre) {
  shell(*clone_,
        "echo changed > hello; mkdir made; rm -rf /usr/share/doc; echo > /etc/sharder-was-here; mv /etc/apt "
        "/etc/tpa");
  EXPECT_EQ(read_file(project() + "/hello"), "hello\n");
  EXPECT_FALSE(std::filesystem::exists(project() + "/made"));
  EXPECT_FALSE(std::filesystem::exists("/etc/sharder-was-here"));
  EXPECT_TRUE(std::filesystem::exists("/usr/share/doc"));
}

TEST_F(LxcIsolation, KeepsThePartsOfTheProgramOutOfReach) {
  if (in_a_clone()) GTEST_SKIP() << "nested in a clone: the clones' root is the owner of the agent's file";
  const std::string script =
      "cat /.agent > /dev/null && echo read; kill -9 1; cat /proc/1/environ > /dev/null && echo environ; "
      "ls /proc/1/fd > /dev/null && echo fds; head -c1 /proc/1/mem > /dev/null && echo memory; "
      "python3 -c 'import ctypes; l = ctypes.CDLL(None); p = l.syscall(434, 1, 0); "
      "print(\"channel\" if l.syscall(438, p, 20, 0) >= 0 else \"none\")'";
  for (const bool cell : {false, true})
    EXPECT_EQ(shell(*clone_, "(" + script + ") 2>/dev/null", cell).output, "none\n");
  EXPECT_EQ(shell(*clone_, "echo alive").output, "alive\n");
}

TEST_F(LxcIsolation, LetsTwoClonesListenOnTheSamePort) {
  const std::unique_ptr<Clone> other = obtain(*pool_);
  const std::string script =
      "python3 -c 'import socket, time; s = socket.socket(); s.bind((\"127.0.0.1\", 54321)); s.listen(); "
      "print(\"bound\", flush=True); input()'";
  std::vector<std::unique_ptr<Execution>> listening;
  for (Clone* clone : {clone_.get(), other.get()}) {
    ExecuteRequest listen = request({"sh", "-c", script});
    listen.feed = true;
    listening.push_back(wait_for(clone->execute(std::move(listen))));
  }
  for (const auto& execution : listening) {
    const auto event = wait_for(execution->next(std::chrono::steady_clock::now() + std::chrono::seconds(20)));
    ASSERT_TRUE(event && std::holds_alternative<OutputBytes>(*event));
    EXPECT_EQ(std::get<OutputBytes>(*event).bytes, "bound\n");
  }
  for (const auto& execution : listening) {
    execution->close_input();
    finish(*execution);
  }
}

TEST_F(LxcIsolation, GivesTestsTerminalsAndTheUsualDevices) {
  const std::string script =
      "echo x > /dev/null; head -c4 /dev/urandom | wc -c; python3 -c 'import pty; pty.openpty(); print(1)'; "
      "df /dev/shm | tail -n1 | awk '{print $6}'; ip -o link show lo | grep -c UP";
  for (const bool cell : {false, true}) EXPECT_EQ(shell(*clone_, script, cell).output, "4\n1\n/dev/shm\n1\n");
}

/// The project belongs to somebody who is neither root nor the tests' user.
class LxcOwner : public LxcCloneTest {
 protected:
  ClonePoolSettings pool_settings() override {
    std::ofstream(project() + "/other") << "x";
    EXPECT_EQ(::chown(project().c_str(), 2000, 2000), 0);
    EXPECT_EQ(::chown((project() + "/hello").c_str(), 2000, 2000), 0);
    ClonePoolSettings settings = LxcCloneTest::pool_settings();
    settings.user = ordinary_user();
    return settings;
  }
};

TEST_F(LxcOwner, MayWriteTheProjectThatBelongsToSomebodyElse) {
  if (in_a_clone()) GTEST_SKIP() << "nested in a clone: its overlays cannot be shown with other owners";
  for (const bool cell : {true, false}) {  // the other way round, the cell would see what the first one wrote
    ExecuteRequest writing = request(
        {"sh", "-c",
         "echo more >> hello && cat hello && stat -c %u . hello other && touch made && stat -c %u made"});
    writing.user = ordinary_user();
    writing.cell = cell;
    EXPECT_EQ(run(*clone_, std::move(writing)).output, "hello\nmore\n1000\n1000\n0\n1000\n");
  }
  EXPECT_EQ(read_file(project() + "/hello"), "hello\n");
}

class LxcPrivileged : public LxcCloneTest {
 protected:
  ClonePoolSettings pool_settings() override {
    ClonePoolSettings settings = LxcCloneTest::pool_settings();
    settings.privileged = true;
    return settings;
  }
};

TEST_F(LxcPrivileged, HasNoUserNamespaceButItsOwnFilesAndProcesses) {
  if (in_a_clone()) GTEST_SKIP() << "nested in a clone: the clones' user namespace is this clone's";
  EXPECT_EQ(split(std::string(trim(shell(*clone_, "cat /proc/self/uid_map").output)), ' ').back(),
            "4294967295");
  for (const bool cell : {false, true}) {
    const Transcript transcript = shell(*clone_, "echo changed > hello; cat hello", cell);
    EXPECT_EQ(transcript.output, "changed\n") << transcript.clone_gone;
  }
  EXPECT_EQ(read_file(project() + "/hello"), "hello\n");
}

class LxcNesting : public LxcCloneTest {
 protected:
  void SetUp() override {
    if (in_a_clone()) GTEST_SKIP() << "nested in a clone: overlays lie at most two deep";
    LxcCloneTest::SetUp();
  }
  ClonePoolSettings pool_settings() override {
    ClonePoolSettings settings = LxcCloneTest::pool_settings();
    settings.nesting = true;
    return settings;
  }
};

TEST_F(LxcNesting, LetsAClonesRootMakeNamespacesMountsAndGroups) {
  const std::string script =
      "unshare -Urpf --mount-proc true && echo processes; "
      "mkdir /sys/fs/cgroup/pids/made 2>/dev/null || mkdir /sys/fs/cgroup/made; "
      "ls -d /sys/fs/cgroup/pids/made /sys/fs/cgroup/made 2>/dev/null | wc -l";
  EXPECT_EQ(shell(*clone_, script).output, "processes\n1\n");
}

class LxcBridge : public LxcCloneTest {
 protected:
  ClonePoolSettings pool_settings() override {
    ClonePoolSettings settings = LxcCloneTest::pool_settings();
    settings.bridge = true;
    return settings;
  }
  void TearDown() override {
    LxcCloneTest::TearDown();
    for (const auto& entry : std::filesystem::directory_iterator("/sys/class/net"))
      EXPECT_FALSE(entry.path().filename().string().starts_with("sharder")) << entry.path();
  }
};

TEST_F(LxcBridge, ConnectsClonesToEachOtherAndToTheMachine) {
  const std::unique_ptr<Clone> other = obtain(*pool_);
  const std::string address = "ip -4 -o addr show eth0 | awk '{print $4}' | cut -d/ -f1 | tr -d '\\n'";
  const std::string one = shell(*clone_, address).output, two = shell(*other, address).output;
  EXPECT_NE(one, two);
  EXPECT_TRUE(one.starts_with("10.213.")) << one;
  ExecuteRequest serve =
      request({"python3", "-c",
               "import socket; s = socket.socket(); s.bind((\"\", 999)); s.listen(); print(1, flush=True); "
               "c, _ = s.accept(); c.sendall(b\"hello\"); c.close()"});
  const std::unique_ptr<Execution> server = wait_for(other->execute(std::move(serve)));
  ASSERT_TRUE(wait_for(server->next(std::chrono::steady_clock::now() + std::chrono::seconds(20))));
  const std::string client = "python3 -c 'import socket; s = socket.create_connection((\"" + two +
                             "\", 999), 10); print(s.recv(9).decode())'";
  EXPECT_EQ(shell(*clone_, client, true).output, "hello\n");
  finish(*server);
  EXPECT_EQ(shell(*clone_, "ip route | grep -c default").output, "1\n");
}

/// A project beneath /tmp, which clones get afresh.
class LxcTemporaryProject : public LxcTest {};

TEST_F(LxcTemporaryProject, IsThereBeneathAFreshDirectory) {
  const std::string directory = "/tmp/sharder-" + run_id() + "/deep/project";
  std::filesystem::create_directories(directory);
  std::ofstream(directory + "/here") << "here\n";
  ClonePoolSettings there = settings();
  there.project = directory;
  const std::unique_ptr<ClonePool> pool = make_pool(there);
  std::unique_ptr<Clone> clone = obtain(*pool);
  for (const bool cell : {false, true}) {
    ExecuteRequest look = request({"sh", "-c", "cat here; touch made; ls /tmp | wc -l"});
    look.directory = directory;
    look.cell = cell;
    EXPECT_EQ(run(*clone, std::move(look)).output, "here\n1\n");
  }
  clone.reset();
  close(*pool);
  std::filesystem::remove_all("/tmp/sharder-" + run_id());
}

}  // namespace
}  // namespace sharder
