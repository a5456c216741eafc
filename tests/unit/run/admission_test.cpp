#include "sharder/run/admission.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sharder/simulate/virtual_time.hpp"

namespace sharder {
namespace {

constexpr std::uint64_t gibibyte = 1ull << 30;

class AdmissionTest : public testing::Test {
 protected:
  AdmissionTest() { weather_.memory_total_bytes = weather_.memory_available_bytes = 16 * gibibyte; }

  /// Lets so many seconds pass.
  void pass(int seconds) {
    bool over = false;
    const auto end = time_.at(after(time_.now(), Seconds(seconds + 0.5)), [&over] { over = true; });
    ASSERT_TRUE(time_.run(io_, [&over] { return over; }));
  }

  boost::asio::io_context io_;
  VirtualTime time_;
  PressureSample weather_;
  int samples_ = 0, changes_ = 0;
  std::vector<std::string> notices_;
  Admission admission_{time_,
                       {.workers = 4, .cores = 2, .memory_bytes = 8 * gibibyte},
                       [this] {
                         ++samples_;
                         return weather_;
                       },
                       [this](const Notice& notice) { notices_.push_back(notice.text); },
                       [this] { ++changes_; }};
};

TEST_F(AdmissionTest, AdmitsAsManyAsThereAreWorkers) {
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(admission_.admits(gibibyte));
    admission_.began(gibibyte);
  }
  EXPECT_FALSE(admission_.admits(0));
}

TEST_F(AdmissionTest, SamplesOnceASecondWhileTestsRun) {
  pass(10);
  EXPECT_EQ(samples_, 0);
  admission_.began(0);
  pass(10);
  EXPECT_EQ(samples_, 10);
  admission_.ended(0);
  pass(10);
  EXPECT_EQ(samples_, 11);
}

TEST_F(AdmissionTest, LeavesNoAlarmBehindWhenNothingRuns) {
  admission_.began(0);
  admission_.ended(0);
  admission_.clone_discarded(gibibyte);
  EXPECT_FALSE(time_.run(io_, [] { return false; })) << "the calendar must become empty";
}

TEST_F(AdmissionTest, BacksOffAndRecoversAndSaysSo) {
  admission_.began(gibibyte);
  weather_.memory.share = 0.4;
  weather_.memory_available_bytes = gibibyte;
  pass(1);
  EXPECT_EQ(admission_.allowed_workers(), 2);
  EXPECT_EQ(changes_, 0) << "less is no news for those who wait";
  admission_.began(gibibyte);
  EXPECT_FALSE(admission_.admits(0));
  weather_.memory.share = 0;
  weather_.memory_available_bytes = 8 * gibibyte;
  pass(5);
  EXPECT_EQ(admission_.allowed_workers(), 3);
  EXPECT_EQ(changes_, 1);
  EXPECT_TRUE(admission_.admits(0));
  pass(5);
  EXPECT_EQ(admission_.allowed_workers(), 4);
  ASSERT_EQ(notices_.size(), 2u);
  EXPECT_EQ(
      notices_[0],
      "memory is short: something waited for it 40 % of the time, 1.0 GiB are left: 2 of 4 workers go on");
  EXPECT_EQ(notices_[1], "all 4 workers run again");
}

TEST_F(AdmissionTest, MakesALargeTestWaitUntilMemoryIsFree) {
  admission_.began(6 * gibibyte);
  EXPECT_TRUE(admission_.admits(2 * gibibyte));
  EXPECT_FALSE(admission_.admits(3 * gibibyte));
  admission_.ended(6 * gibibyte);
  EXPECT_TRUE(admission_.admits(3 * gibibyte));
}

TEST_F(AdmissionTest, CountsDiscardedClonesForAMoment) {
  admission_.clone_discarded(6 * gibibyte);
  EXPECT_FALSE(admission_.admits(3 * gibibyte));
  pass(0);
  admission_.clone_discarded(gibibyte);
  pass(1);
  EXPECT_TRUE(admission_.admits(3 * gibibyte));
  EXPECT_GE(changes_, 1) << "those who waited must look again";
}

TEST(AdmissionShare, FollowsTheOtherRunsOnTheMachine) {
  boost::asio::io_context io;
  VirtualTime time;
  PressureSample weather;
  weather.memory_total_bytes = weather.memory_available_bytes = 16 * gibibyte;
  int share = 4, changes = 0;
  std::vector<std::string> notices;
  Admission admission(time, {.workers = 4, .cores = 4, .share = [&] { return share; }}, [&] { return weather; },
                      [&](const Notice& notice) { notices.push_back(notice.text); }, [&] { ++changes; });
  const auto pass = [&](double seconds) {
    bool over = false;
    const auto end = time.at(after(time.now(), Seconds(seconds)), [&over] { over = true; });
    ASSERT_TRUE(time.run(io, [&over] { return over; }));
  };
  admission.began(0);
  share = 1;
  pass(1.5);
  EXPECT_EQ(admission.allowed_workers(), 1);
  EXPECT_FALSE(admission.admits(0));
  EXPECT_EQ(changes, 0);
  share = 4;
  pass(1);
  EXPECT_TRUE(admission.admits(0));
  EXPECT_EQ(changes, 1);
  EXPECT_EQ(notices.size(), 2u);
}

}  // namespace
}  // namespace sharder
