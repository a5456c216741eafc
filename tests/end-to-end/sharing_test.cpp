// Several runs on one machine share its slots, and never touch each other.
#include <gmock/gmock.h>
#include <signal.h>

#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {
namespace {

using testing::HasSubstr;

class Sharing : public EndToEnd {
 protected:
  std::unique_ptr<Program> start_in_background(int number) {
    const std::string name = "background-" + std::to_string(number);
    std::unique_ptr<Program> program = start({"run", "--no-history", "-j", "64", "-o", (outside() / name).string()});
    EXPECT_TRUE(eventually(
        [&] { return read(outside() / name / "journal.ndjson").find("attempt.started") != std::string::npos; }));
    return program;
  }
};

TEST_F(Sharing, ARunThatFindsNoSlotSaysTryAgain) {
  exec_suite();
  script("t/a", "sleep 60");
  // As many as there are cores, so that the youngest finds none; each of them stays alive all the same.
  std::vector<std::unique_ptr<Program>> others;
  for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i)
    others.push_back(start_in_background(static_cast<int>(i)));
  leave_workers_open();
  const Transcript late = sharder({"run", "--no-history", "-o", (outside() / "late").string()});
  EXPECT_EQ(late.status, 75) << late.all();
  EXPECT_THAT(late.error_output, HasSubstr("slots of this machine are taken"));
  EXPECT_FALSE(std::filesystem::exists(outside() / "late"));
  for (const auto& other : others) other->signal(SIGTERM);
  for (const auto& other : others) EXPECT_EQ(other->wait().status, 143);
}

}  // namespace
}  // namespace sharder::end_to_end
