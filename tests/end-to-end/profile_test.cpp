// `sharder profile`: what it prints, what it writes, what it refuses. Needs no clone.
#include <gmock/gmock.h>

#include "tests/end-to-end/end_to_end.hpp"

namespace sharder::end_to_end {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Profiles : public EndToEnd {};

TEST_F(Profiles, AreListedAsATable) {
  const Transcript list = sharder({"profile", "list"});
  EXPECT_EQ(list.status, 0) << list.all();
  for (const char* name : {"arm-64c", "ci", "epyc-1x96c", "epyc-2x64c", "hybrid-desktop", "launchpad-2012"})
    EXPECT_THAT(list.output, HasSubstr(name));
  EXPECT_EQ(list.error_output, "");
}

TEST_F(Profiles, AreShownWithTheirSlots) {
  const Transcript show = sharder({"profile", "show", "epyc-2x64c"});
  EXPECT_EQ(show.status, 0) << show.all();
  EXPECT_THAT(show.output,
              AllOf(HasSubstr("[topology]"), HasSubstr("-j auto: 127 workers"),
                    HasSubstr("8 workers on CPUs 0-15, memory node 0"), HasSubstr("kept for sharder")));
}

TEST_F(Profiles, OfThisMachineAreWrittenAndReadAgain) {
  const Transcript detect = sharder({"profile", "detect", "--output", "hardware-profiles"});
  ASSERT_EQ(detect.status, 0) << detect.all();
  std::string file;
  for (const auto& entry : std::filesystem::directory_iterator(project() / "hardware-profiles"))
    if (entry.path().extension() == ".toml") file = entry.path().stem().string();
  ASSERT_NE(file, "") << detect.all();
  EXPECT_EQ(read(project() / "hardware-profiles" / (file + ".toml")), detect.output);
  EXPECT_TRUE(std::filesystem::exists(project() / "hardware-profiles" / (file + ".xml")));
  const Transcript show = sharder({"profile", "show", file});
  EXPECT_EQ(show.status, 0) << show.all();
  EXPECT_THAT(sharder({"profile", "list"}).output, AllOf(HasSubstr(file), HasSubstr("launchpad-2012")));
}

TEST_F(Profiles, ThatContradictThemselvesAreRefused) {
  write("box.toml",
        "format = 1\nname = \"box\"\ndescription = \"a box\"\n"
        "[topology]\nsynthetic = \"core:4 pu:1\"\ncores = 64\nsource = \"s\"\n"
        "[cpu]\nmodel = \"m\"\nsource = \"s\"\n[memory]\nsize = \"8GiB\"\nsource = \"s\"\n"
        "[storage]\nclass = \"ssd\"\nsource = \"s\"\n[speed]\ncore = 1\nsource = \"s\"\n"
        "[smt]\ngain = 1.2\nsource = \"s\"\n");
  const Transcript show = sharder({"profile", "show", "box.toml"});
  EXPECT_EQ(show.status, 2) << show.all();
  EXPECT_EQ(show.output, "");
  EXPECT_THAT(show.error_output, AllOf(HasSubstr("box.toml:6:9: error: \"cores\" in [topology] is 64"),
                                       HasSubstr("gain by SMT")));
  const Transcript unknown = sharder({"profile", "show", "epyc-2x64"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.error_output, HasSubstr("did you mean \"epyc-2x64c\"?"));
}

}  // namespace
}  // namespace sharder::end_to_end
