#include "sharder/plan/back_off.hpp"

#include <gtest/gtest.h>

namespace sharder {
namespace {

constexpr std::uint64_t gibibyte = 1ull << 30;

PressureSample weather(double cpu, double memory, double available = 0.5) {
  PressureSample sample;
  sample.cpu.share = cpu;
  sample.memory.share = memory;
  sample.memory_total_bytes = 16 * gibibyte;
  sample.memory_available_bytes =
      static_cast<std::uint64_t>(available * 16.0 * static_cast<double>(gibibyte));
  return sample;
}
const PressureSample calm = weather(0.3, 0);

void observe(BackOff& back_off, const PressureSample& sample, int times) {
  for (int i = 0; i < times; ++i) back_off.observe(sample);
}

TEST(BackOff, AllowsAllInCalmWeather) {
  BackOff back_off(8, 8);
  observe(back_off, calm, 100);
  EXPECT_EQ(back_off.allowed(), 8);
  EXPECT_FALSE(back_off.backed_off());
}

TEST(BackOff, HalvesAtOnceWhenMemoryIsShort) {
  BackOff back_off(8, 8);
  EXPECT_TRUE(back_off.observe(weather(0.5, 0.31, 0.05)));
  EXPECT_EQ(back_off.allowed(), 4);
  EXPECT_EQ(back_off.why(), "memory is short: something waited for it 31 % of the time, 819.2 MiB are left");
}

TEST(BackOff, WaitsForWhatRunsBeforeItCutsAgain) {
  BackOff back_off(8, 8);
  observe(back_off, weather(0.5, 0.5), 3);
  EXPECT_EQ(back_off.allowed(), 4);
  back_off.observe(weather(0.5, 0.5));
  EXPECT_EQ(back_off.allowed(), 2);
}

TEST(BackOff, NeverGoesBelowOne) {
  BackOff back_off(3, 2);
  observe(back_off, weather(1, 1, 0), 100);
  EXPECT_EQ(back_off.allowed(), 1);
}

TEST(BackOff, LooksAtWhatIsLeftWherePressureIsUnknown) {
  BackOff back_off(8, 8);
  PressureSample sample = weather(0, 0, 0.04);
  sample.cpu.share = sample.memory.share = std::nullopt;
  back_off.observe(sample);
  EXPECT_EQ(back_off.allowed(), 4);
  EXPECT_EQ(back_off.why(), "memory is short: 655.4 MiB are left");
  BackOff blind(8, 8);
  observe(blind, PressureSample{}, 100);
  EXPECT_EQ(blind.allowed(), 8);
}

TEST(BackOff, LeavesAsManyWorkersAsCoresToTheProcessors) {
  BackOff exact(8, 8);
  observe(exact, weather(1, 0), 100);
  EXPECT_EQ(exact.allowed(), 8);
  BackOff widened(16, 4);
  observe(widened, weather(1, 0), 4);
  EXPECT_EQ(widened.allowed(), 16);
  widened.observe(weather(1, 0));
  EXPECT_EQ(widened.allowed(), 12);
  EXPECT_EQ(widened.why(), "processors are short: something waited for one 100 % of the time");
  observe(widened, weather(1, 0), 100);
  EXPECT_EQ(widened.allowed(), 4);
}

TEST(BackOff, ComesBackSlowlyAndOnlyInCalmWeather) {
  BackOff back_off(4, 4);
  back_off.observe(weather(0.5, 0.5));
  ASSERT_EQ(back_off.allowed(), 2);
  observe(back_off, weather(0.5, 0.15), 100);
  EXPECT_EQ(back_off.allowed(), 2) << "neither short nor calm";
  observe(back_off, weather(0.5, 0, 0.08), 100);
  EXPECT_EQ(back_off.allowed(), 2) << "too little is left";
  observe(back_off, calm, 4);
  EXPECT_EQ(back_off.allowed(), 2);
  back_off.observe(weather(0.5, 0.15));
  observe(back_off, calm, 4);
  EXPECT_EQ(back_off.allowed(), 2) << "calm must last";
  back_off.observe(calm);
  EXPECT_EQ(back_off.allowed(), 3);
  observe(back_off, calm, 5);
  EXPECT_EQ(back_off.allowed(), 4);
}

TEST(BackOff, DoesNotWidenAgainWhileProcessorsAreBusy) {
  BackOff back_off(8, 2);
  observe(back_off, weather(1, 0), 5);
  ASSERT_EQ(back_off.allowed(), 6);
  observe(back_off, weather(0.8, 0), 100);
  EXPECT_EQ(back_off.allowed(), 6);
  observe(back_off, weather(0.5, 0), 5);
  EXPECT_EQ(back_off.allowed(), 7);
}

TEST(BackOff, GrowsToTheCoresEvenWhereProcessorsAreBusy) {
  BackOff back_off(2, 2);
  back_off.observe(weather(1, 0.5));
  ASSERT_EQ(back_off.allowed(), 1);
  observe(back_off, weather(1, 0), 5);
  EXPECT_EQ(back_off.allowed(), 2);
}

}  // namespace
}  // namespace sharder
