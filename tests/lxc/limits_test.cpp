#include <gtest/gtest.h>

#include "tests/lxc/lxc_fixture.hpp"

namespace sharder {
namespace {

class LxcLimits : public LxcCloneTest {
 protected:
  ClonePoolSettings pool_settings() override {
    ClonePoolSettings settings = LxcCloneTest::pool_settings();
    settings.memory_bytes = 100u << 20;
    settings.disk_bytes = 20u << 20;
    settings.processes = 60;
    settings.open_files = 333;
    return settings;
  }
};

TEST_F(LxcLimits, AFullDiskIsACleanErrorForTheTestAndTheNextOneIsWell) {
  const std::string fill = "dd if=/dev/zero of=big bs=1M count=40 2>&1 | grep -c 'No space left'; rm -f big";
  for (int i = 0; i < 2; ++i) EXPECT_EQ(shell(*clone_, fill, true).output, "1\n");
  EXPECT_EQ(shell(*clone_, fill).output, "1\n");
  EXPECT_EQ(
      shell(*clone_, "dd if=/dev/zero of=/dev/shm/big bs=1M count=40 2>&1 | grep -c 'No space left'", true)
          .output,
      "1\n");
}

TEST_F(LxcLimits, TooMuchMemoryKillsTheTestAndNotTheClone) {
  for (const bool cell : {false, true}) {
    const Transcript transcript = shell(*clone_, "exec python3 -c 'x = bytearray(400 << 20)'", cell);
    EXPECT_EQ(transcript.ended.termination.kind, Termination::Kind::signalled) << transcript.output;
    EXPECT_TRUE(transcript.ended.usage.out_of_memory);
    EXPECT_GT(transcript.ended.usage.memory_peak_bytes, 90u << 20);
  }
  const Transcript next = shell(*clone_, "echo alive");
  EXPECT_EQ(next.output, "alive\n");
  EXPECT_FALSE(next.ended.usage.out_of_memory);
  EXPECT_LT(next.ended.usage.memory_peak_bytes, 60u << 20);
}

TEST_F(LxcLimits, ProcessesAreCounted) {
  const Transcript transcript =
      shell(*clone_,
            "python3 -c 'import os, time\nn = 0\ntry:\n  while True:\n    if not os.fork(): time.sleep(60)\n "
            "   n += 1\nexcept OSError: print(40 < n < 60)'",
            true);
  EXPECT_EQ(transcript.output, "True\n");
  EXPECT_GT(transcript.ended.leaks.size(), 40u);
}

TEST_F(LxcLimits, AForkBombEndsWithItsTest) {
  ExecuteRequest bomb =
      request({"python3", "-c", "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass"});
  bomb.cell = true;
  const std::unique_ptr<Execution> execution = wait_for(clone_->execute(std::move(bomb)));
  EXPECT_FALSE(wait_for(execution->next(std::chrono::steady_clock::now() + std::chrono::milliseconds(300))));
  execution->kill(9);
  EXPECT_EQ(finish(*execution).ended.termination.code, 9);
  EXPECT_EQ(shell(*clone_, "echo alive", true).output, "alive\n");
}

/// No fault of the test: somebody else has taken the processes.
TEST_F(LxcLimits, ACloneWithoutAProcessForATestIsLost) {
  ExecuteRequest hog = request({"python3", "-c",
                                "import os, time\ntry:\n  while True:\n    if not os.fork(): time.sleep(60)\n"
                                "except OSError: print('full', flush=True)\ntime.sleep(60)"});
  hog.role = ExecuteRequest::Role::service;
  const std::unique_ptr<Execution> service = wait_for(clone_->execute(std::move(hog)));
  ASSERT_TRUE(wait_for(service->next(std::chrono::steady_clock::now() + std::chrono::seconds(20))));
  EXPECT_EQ(shell(*clone_, "true").clone_gone, "fork: resource temporarily unavailable");
}

TEST_F(LxcLimits, OpenFilesAreCounted) {
  EXPECT_EQ(shell(*clone_, "ulimit -n").output, "333\n");
}

TEST_F(LxcLimits, ProcessorTimeIsTold) {
  const Transcript transcript =
      shell(*clone_, "python3 -c 'import time\nwhile time.process_time() < 0.2: pass'", true);
  EXPECT_GT(transcript.ended.usage.cpu_seconds, 0.19);
  EXPECT_LT(transcript.ended.usage.cpu_seconds, 2.0);
  EXPECT_GE(transcript.ended.duration.count(), 0.19);
}

TEST_F(LxcLimits, ACloneStaysOnItsProcessors) {
  CloneRequest pinned;
  pinned.place.cpus = "0";
  const std::unique_ptr<Clone> clone = obtain(*pool_, std::move(pinned));
  EXPECT_EQ(shell(*clone, "nproc").output, "1\n");
}

TEST_F(LxcLimits, ACloneTakesItsMemoryFromItsNode) {
  CloneRequest near;
  near.place = {"0", 0};
  const std::unique_ptr<Clone> clone = obtain(*pool_, std::move(near));
  EXPECT_EQ(shell(*clone, "grep -o 'Mems_allowed_list:.*' /proc/self/status | tr -d '[:space:]'").output,
            "Mems_allowed_list:0");
}

TEST_F(LxcLimits, ANodeThatIsNotThereIsNoReasonToFail) {
  CloneRequest nowhere;
  nowhere.place = {"", 63};
  const std::unique_ptr<Clone> clone = obtain(*pool_, std::move(nowhere));
  EXPECT_EQ(shell(*clone, "echo alive").output, "alive\n");
}

class LxcDisk : public LxcCloneTest {
 protected:
  ClonePoolSettings pool_settings() override {
    ClonePoolSettings settings = LxcCloneTest::pool_settings();
    settings.storage_on_disk = true;
    settings.disk_bytes = 64u << 20;
    return settings;
  }
};

TEST_F(LxcDisk, BoundsWhatIsWrittenAndResetsCells) {
  for (const bool cell : {true, false, true}) {
    const std::string script =
        "ls made 2>/dev/null; touch made; dd if=/dev/zero of=big bs=1M count=100 2>&1 | grep -c 'No space "
        "left'; rm -f big made";
    EXPECT_EQ(shell(*clone_, script, cell).output, "1\n");
  }
  EXPECT_EQ(shell(*clone_, "echo x > /tmp/x; cat /tmp/x", true).ended.wrote, std::vector<std::string>{});
  EXPECT_EQ(shell(*clone_, "ls /tmp").output, "");
}

}  // namespace
}  // namespace sharder
