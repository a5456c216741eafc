// A machine that runs out of something while sharder works on it. The run must end by itself, say what was short, give
// right verdicts and leave nothing. What is short is short for the run alone: its limits, its groups, its mounts.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <fstream>

#include "tests/end-to-end/end_to_end.hpp"
#include "tests/end-to-end/remains.hpp"

namespace sharder::end_to_end {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

class Exhaustion : public EndToEnd {
 protected:
  /// Twelve tests that say a little, some at once.
  void write_dozen() const {
    exec_suite();
    for (char name = 'a'; name < 'm'; ++name) script(std::string("t/") + name, "seq 1 5000; sleep 0.02");
  }
  /// `sharder run` and `words`, after a shell's `preparation` in a mount namespace of its own.
  Transcript run_after(const std::string& preparation, const std::string& words = "") const {
    return call({"unshare", "--mount", "--propagation", "private", "sh", "-ec",
                 preparation + "\nexec " + binary() + " run --no-history --progress none -j 2 " + words});
  }
  static std::string small_file_system(const fs::path& where, const std::string& options) {
    return "mkdir -p " + where.string() + "; mount -t tmpfs -o " + options + " small " + where.string();
  }
};

/// A version 1 control group around the run. Clones have groups of their own elsewhere.
class AroundTheRun {
 public:
  AroundTheRun(const std::string& controller, const std::string& file, const std::string& limit)
      : directory_("/sys/fs/cgroup/" + controller + "/around-end-to-end-" + std::to_string(::getpid())) {
    std::error_code error;
    there_ = fs::create_directory(directory_, error) && fs::exists(directory_ / file);
    if (there_) std::ofstream(directory_ / file) << limit;
  }
  ~AroundTheRun() {
    std::error_code ignored;
    (void)eventually([&] { return fs::remove(directory_, ignored); }, std::chrono::seconds(2));
  }
  AroundTheRun(const AroundTheRun&) = delete;
  AroundTheRun& operator=(const AroundTheRun&) = delete;

  bool there() const { return there_; }
  std::string enter() const { return "echo $$ > " + (directory_ / "cgroup.procs").string(); }

 private:
  fs::path directory_;
  bool there_ = false;
};

TEST_F(Exhaustion, AFullDiskUnderTheRunsDirectoryIsToldAndMakesTheRunIncomplete) {
  write_dozen();
  const fs::path disk = outside() / "disk";
  const Transcript result = run_after(small_file_system(disk, "size=64k"), "-o " + (disk / "run").string());
  EXPECT_EQ(result.status, 3) << result.all();
  EXPECT_THAT(result.output, HasSubstr("12 passed"));
  EXPECT_THAT(result.error_output, HasSubstr("results are not complete on disk"));
  EXPECT_THAT(result.error_output, HasSubstr("no space left on device"));
}

TEST_F(Exhaustion, ADiskWithoutRoomForTheRunsDirectoryIsRefused) {
  write_dozen();
  const fs::path disk = outside() / "disk";
  const Transcript result = run_after(small_file_system(disk, "nr_inodes=1"), "-o " + (disk / "run").string());
  EXPECT_EQ(result.status, 2) << result.all();
  EXPECT_THAT(result.error_output, HasSubstr("no space left on device"));
}

TEST_F(Exhaustion, NoRoomForClonesOnDiskIsTold) {
  exec_suite("[clones]\nstorage = \"disk\"\ndisk = \"64MiB\"\n");
  script("t/a", "exit 0");
  const Transcript result = run_after(small_file_system("/var/lib/sharder/storage", "size=64k"));
  EXPECT_EQ(result.status, 5) << result.all();
  EXPECT_THAT(result.error_output, HasSubstr("no clone could be started"));
  EXPECT_THAT(result.error_output, HasSubstr("No space left on device"));
}

TEST_F(Exhaustion, AFullDiskUnderClonesFailsWhoWritesAlone) {
  exec_suite("[clones]\nstorage = \"disk\"\ndisk = \"64MiB\"\n");
  script("t/greedy", "exec env LC_ALL=C dd if=/dev/urandom of=/var/tmp/big bs=1M count=40 conv=fsync");
  script("t/modest", "echo small > /var/tmp/small");
  const RunOutcome result = outcome(run_after(small_file_system("/var/lib/sharder/storage", "size=20m"), "--reruns 0"));
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdict("t/modest"), "passed");
  EXPECT_EQ(result.verdict("t/greedy"), "failed");
  EXPECT_THAT(result.output_of("t/greedy"), HasSubstr("No space left on device"));
}

TEST_F(Exhaustion, AFullSharedMemoryFailsWhoFillsItAlone) {
  exec_suite("[clones]\ndisk = \"4MiB\"\n");
  script("t/greedy", "LC_ALL=C exec dd if=/dev/zero of=/dev/shm/big bs=1M count=16");
  script("t/modest", "echo small > /dev/shm/small");
  const RunOutcome result = run({"--reruns", "0"});
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.verdict("t/modest"), "passed");
  EXPECT_THAT(result.output_of("t/greedy"), HasSubstr("No space left on device"));
}

TEST_F(Exhaustion, FewDescriptorsAreToldWithTheCureOrAreEnough) {
  write_dozen();
  // With fewer the program's libraries cannot be loaded.
  for (const int limit : {8, 10, 12, 16, 20, 24, 32, 40, 48, 56, 64}) {
    SCOPED_TRACE(limit);
    const std::string both = std::to_string(limit) + ":" + std::to_string(limit);
    const Transcript result = call({"prlimit", "--nofile=" + both, binary(), "run", "--no-history", "-j", "2"});
    EXPECT_THAT(result.status, AnyOf(0, 2)) << result.all();
    if (result.status != 0) {
      EXPECT_THAT(result.error_output, HasSubstr("ulimit -n")) << result.all();
    }
  }
}

TEST_F(Exhaustion, ALowSoftLimitOfDescriptorsIsRaised) {
  write_dozen();
  const Transcript result = call({"prlimit", "--nofile=16:4096", binary(), "run", "--no-history", "-j", "4"});
  EXPECT_EQ(result.status, 0) << result.all();
}

TEST_F(Exhaustion, FewProcessesAreToldOrAreEnough) {
  write_dozen();
  for (const int limit : {1, 2, 3, 4, 5, 6, 8, 10, 16}) {
    SCOPED_TRACE(limit);
    const AroundTheRun around("pids", "pids.max", std::to_string(limit));
    if (!around.there()) GTEST_SKIP() << "this machine has no version 1 control group \"pids\"";
    const Transcript result = run_after(around.enter());
    const bool all_passed = result.output.find("12 passed") != std::string::npos;
    EXPECT_EQ(result.status == 0, all_passed) << result.all();
    EXPECT_THAT(result.status, AnyOf(0, 2, 3, 5)) << result.all();
    if (result.status == 0) continue;
    EXPECT_THAT(result.error_output, HasSubstr("resource temporarily unavailable"));
    EXPECT_THAT(result.error_output, Not(HasSubstr("sysctl user.max_user_namespaces")));
  }
}

TEST_F(Exhaustion, ARunThatIsKilledForItsMemoryLeavesNothing) {
  write_dozen();
  for (const char* limit : {"1M", "2M", "4M", "6M", "8M", "16M"}) {
    SCOPED_TRACE(limit);
    const AroundTheRun around("memory", "memory.limit_in_bytes", limit);
    if (!around.there()) GTEST_SKIP() << "this machine has no version 1 control group \"memory\"";
    const Transcript result = run_after(around.enter());
    EXPECT_THAT(result.status, AnyOf(0, 3, 5, 128 + SIGKILL)) << result.all();
    EXPECT_EQ(result.status == 0, result.output.find("12 passed") != std::string::npos) << result.all();
    EXPECT_TRUE(eventually([] { return descendants().empty(); }, std::chrono::seconds(1)))
        << testing::PrintToString(descendants());
  }
  EXPECT_EQ(sharder({"clean"}).status, 0);
}

TEST_F(Exhaustion, MemoryThatDoesNotSufficeToStartACloneIsTold) {
  exec_suite("[clones]\nmemory = \"4KiB\"\ndisk = \"64KiB\"\n");
  script("t/a", "exit 0");
  const RunOutcome result = run({"-j", "1"});
  EXPECT_EQ(result.status, 5) << result.all();
  EXPECT_THAT(result.error_output, HasSubstr("ran out of memory while it started"));
  EXPECT_THAT(result.error_output, HasSubstr("more `memory`"));
}

TEST_F(Exhaustion, ClonesThatRunOutOfMemoryDoNotHarmTheirRun) {
  exec_suite("[clones]\nmemory = \"64MiB\"\ndisk = \"8MiB\"\n");
  for (const char* name : {"t/hog1", "t/hog2", "t/hog3"})
    script(name, "exec /usr/bin/python3 -c \"x = b'x' * (300 << 20)\"");
  for (const char* name : {"t/a", "t/b", "t/c"}) script(name, "exit 0");
  const AroundTheRun around("memory", "memory.limit_in_bytes", "64M");
  if (!around.there()) GTEST_SKIP() << "this machine has no version 1 control group \"memory\"";
  const RunOutcome result = outcome(run_after(around.enter(), "--reruns 0"));
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_EQ(result.results.at("results").at("summary").at("passed"), 3);
  for (const char* name : {"t/hog1", "t/hog2", "t/hog3"}) EXPECT_EQ(result.outcomes(name), "crashed");
}

TEST_F(Exhaustion, AMachineWithoutControlGroupsIsUnfit) {
  write_dozen();
  const Transcript none = run_after("umount -l /sys/fs/cgroup");
  EXPECT_EQ(none.status, 2) << none.all();
  EXPECT_THAT(none.error_output, HasSubstr("no cgroup controller"));
}

TEST_F(Exhaustion, ControlGroupsThatCannotBeWrittenMakeAMachineUnfit) {
  write_dozen();
  const Transcript result = run_after(
      "for group in $(findmnt --noheadings --raw --types cgroup,cgroup2 --output TARGET); do\n"
      "  mount -o remount,bind,ro $group\ndone");
  EXPECT_EQ(result.status, 2) << result.all();
  EXPECT_THAT(result.error_output, HasSubstr("control groups"));
}

TEST_F(Exhaustion, NoPrivateNetworkLeftIsToldWithTheCure) {
  exec_suite("[clones]\nnetwork = \"bridge\"\n");
  script("t/a", "exit 0");
  // Another run holds each of them; in a directory of our own, so that real other runs find theirs free.
  write("hold.py",
        "import fcntl, subprocess, sys\n"
        "held = [open(f'/run/sharder/networks/{n}', 'w') for n in range(200)]\n"
        "for lock in held: fcntl.flock(lock, fcntl.LOCK_EX)\n"
        "sys.exit(subprocess.call(sys.argv[1:]))\n");
  const Transcript result = call({"unshare", "--mount", "--propagation", "private", "sh", "-ec",
                                  small_file_system("/run/sharder/networks", "size=4m") +
                                      "; exec /usr/bin/python3 hold.py " + binary() + " run -j 1 --no-history"});
  EXPECT_EQ(result.status, 5) << result.all();
  EXPECT_THAT(result.error_output, HasSubstr("no private network is free on this machine"));
  EXPECT_THAT(result.error_output, HasSubstr("sharder clean"));
}

TEST_F(Exhaustion, AClockThatJumpsChangesNoVerdict) {
  exec_suite("[run]\ntimeout = \"20s\"\n");
  for (const char* name : {"t/a", "t/b", "t/c", "t/d"}) script(name, "sleep 0.1");
  // A day forth and back with every look at the clock, as no two daemons that set it could do worse.
  write("jump.c",
        "#define _GNU_SOURCE\n#include <sys/syscall.h>\n#include <time.h>\n#include <unistd.h>\n"
        "int clock_gettime(clockid_t clock, struct timespec* time) {\n"
        "  static int calls;\n"
        "  int result = syscall(SYS_clock_gettime, clock, time);\n"
        "  if (clock == CLOCK_REALTIME && calls++ % 2) time->tv_sec += calls % 4 == 0 ? 86400 : -86400;\n"
        "  return result;\n}\n");
  const Transcript compiled = call({"cc", "-shared", "-fPIC", "-o", "jump.so", "jump.c"});
  ASSERT_EQ(compiled.status, 0) << compiled.all();
  const RunOutcome result = run({"-j", "2", "--deadline", "1m"}, {{"LD_PRELOAD", (project() / "jump.so").string()}});
  EXPECT_EQ(result.status, 0) << result.all();
  double before = 0;
  std::set<std::string> days;
  for (const Json& event : result.journal()) {
    EXPECT_GE(event.at("elapsed").get<double>(), before) << event;
    before = event.at("elapsed").get<double>();
    days.insert(event.at("time").get<std::string>().substr(0, 10));
  }
  EXPECT_LT(before, 20);
  EXPECT_GT(days.size(), 1u) << "the clock did not jump";
  for (const Json& attempt : result.events("attempt.finished")) EXPECT_LT(attempt.at("seconds").get<double>(), 20);
}

/// PID 1 of each clone, as long as it lives, seen from the machine. Cells have one each, too, but deeper.
std::set<pid_t> agents_of(const std::string& run) {
  std::map<std::ptrdiff_t, std::set<pid_t>> by_depth;
  std::error_code error;
  for (fs::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
    std::ifstream groups(at->path() / "cgroup"), status(at->path() / "status");
    const std::string all((std::istreambuf_iterator<char>(groups)), {});
    if (all.find("/sharder-" + run + "/") == std::string::npos) continue;
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("NSpid:") && line.ends_with("\t1"))
        by_depth[std::count(line.begin(), line.end(), '\t')].insert(std::stoi(at->path().filename().string()));
  }
  return by_depth.empty() ? std::set<pid_t>() : by_depth.begin()->second;
}

TEST_F(Exhaustion, TheThirdLossOfATestIsItsVerdict) {
  exec_suite();
  script("t/a", "exit 0");
  script("t/victim", "sleep 60");
  const std::unique_ptr<Program> program = start({"run", "--no-history", "-j", "1", "--order", "listed"});
  const fs::path journal = project() / ".sharder/latest/journal.ndjson";
  for (int loss = 1; loss <= 3; ++loss) {
    const std::string begun = "\"test\":\"t/victim\",\"attempt\":" + std::to_string(loss) + ",";
    ASSERT_TRUE(eventually([&] { return read(journal).find(begun) != std::string::npos; })) << loss;
    const std::string run = fs::read_symlink(project() / ".sharder/latest").filename();
    for (const pid_t agent : agents_of(run)) ::kill(agent, SIGKILL);
  }
  const RunOutcome result = outcome(program->wait(std::chrono::seconds(20)));
  EXPECT_EQ(result.status, 3) << result.all();
  EXPECT_EQ(result.outcomes("t/victim"), "lost lost lost");
  EXPECT_EQ(result.verdict("t/victim"), "lost");
  EXPECT_EQ(result.verdict("t/a"), "passed");
  EXPECT_THAT(result.all(), HasSubstr("1 tests were lost"));
}

}  // namespace
}  // namespace sharder::end_to_end
