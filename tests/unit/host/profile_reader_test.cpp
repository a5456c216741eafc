// Every way in which a hardware profile can contradict itself, and what is said of it.
#include "sharder/host/profile_reader.hpp"

#include <gtest/gtest.h>

#include "sharder/host/sha256.hpp"
#include "sharder/support/files.hpp"
#include "tests/unit/config/golden.hpp"

namespace sharder {
namespace {

/// A machine of two cores without SMT.
std::string some_xml() {
  return read_file(std::string(SHARDER_TEST_DATA) + "/unit/host/two-cores.xml");
}

std::string said(const std::string& text) {
  Diagnostics diagnostics;
  read_profile({.path = "box.toml",
                .name = "box",
                .text = text,
                .read_beside = [](const std::string& file) -> std::optional<std::string> {
                  if (file == "box.xml") return some_xml();
                  if (file == "poem.xml") return "of ships and shoes and sealing wax";
                  return std::nullopt;
                }},
               diagnostics);
  std::string all;
  for (const Diagnostic& diagnostic : diagnostics) all += to_string(diagnostic) + "\n";
  return all;
}

void expect_said(const std::string& name, const std::string& text) {
  expect_golden("profiles/" + name + ".txt", text + "----\n" + said(text));
}

const std::string head = "format = 1\nname = \"box\"\ndescription = \"a box\"\n";

std::string rest(const std::string& memory = "8GiB", const std::string& more = "") {
  return "[cpu]\nmodel = \"x\"\nsource = \"s\"\n[memory]\nsize = \"" + memory +
         "\"\nsource = \"s\"\n[storage]\nclass = \"ssd\"\nsource = \"s\"\n" +
         (more.find("[speed]") == std::string::npos ? "[speed]\ncore = 1\nsource = \"s\"\n" : "") + more;
}

std::string topology(const std::string& lines) {
  return "[topology]\n" + lines + "\nsource = \"s\"\n";
}

TEST(ProfileReader, TakesAProfileThatIsWhole) {
  const std::string smt = topology(
      "synthetic = \"pack:2 [numa(memory=4GiB)] l3:1 core:2 pu:2\"\npackages = 2\n"
      "cores = 4\nthreads = 8");
  EXPECT_EQ(said(head + smt +
                 rest("8GiB",
                      "[smt]\ngain = 1.2\nsource = \"s\"\n"
                      "[limits]\ncpus = 1.5\nmemory = \"2GiB\"\nsource = \"s\"\n"
                      "[price]\nper_hour = 1\ncurrency = \"EUR\"\nsource = \"s\"\n")),
            "");
  EXPECT_EQ(
      said(head + topology("xml = \"box.xml\"\nsha256 = \"" + sha256(some_xml()) + "\"\ncores = 2") + rest()),
      "");
}

TEST(ProfileReader, CountsThreadsBehindAStrayBracketToo) {
  const std::string text = head + topology("synthetic = \"co]re:100000 pu:1\"") + rest();
  EXPECT_NE(said(text).find("more than 4096 threads"), std::string::npos) << said(text);
}

// hwloc takes seconds for them.
TEST(ProfileReader, RefusesThousandsOfCoresSideBySide) {
  const std::string text = head + topology("synthetic = \"core:1025 pu:1\"") + rest();
  EXPECT_NE(said(text).find("more than 1024 of a kind side by side"), std::string::npos) << said(text);
}

TEST(ProfileReader, TellsEverythingThatIsMissing) {
  expect_said("empty", "");
  expect_said("no-sources",
              head + "[topology]\n[cpu]\n[memory]\n[storage]\n[speed]\n[smt]\n[limits]\n[price]\n");
}

TEST(ProfileReader, RefusesOtherFormatsAndNames) {
  expect_said("names", "format = 2\nname = \"Our Box\"\ndescription = 3\ncolour = \"red\"\n" +
                           topology("synthetic = \"core:2 pu:1\"") + rest());
  expect_said("other-name", "format = 1\nname = \"crate\"\ndescription = \"\"\n" +
                                topology("synthetic = \"core:2 pu:1\"") + rest());
}

TEST(ProfileReader, HoldsStatedCountsAgainstTheTopology) {
  expect_said(
      "counts",
      head + topology("synthetic = \"pack:2 core:4 pu:2\"\npackages = 1\ncores = 64\nthreads = 8") + rest());
}

TEST(ProfileReader, RefusesTopologiesThatHwlocDoesNotUnderstand) {
  expect_said("too-large", head + topology("synthetic = \"core:100000 pu:2\"\ncores = 100000") + rest());
  expect_said("no-topology", head + topology("synthetic = \"a rack of cores\"\ncores = 4") + rest());
  expect_said("no-xml", head + topology("xml = \"none.xml\"\nsha256 = \"0\"") + rest());
  expect_said("xml-elsewhere", head + topology("xml = \"../box.xml\"\nsha256 = \"0\"") + rest());
  expect_said("poem", head + topology("xml = \"poem.xml\"\nsha256 = \"0\"") + rest());
}

TEST(ProfileReader, HoldsXmlAgainstItsDigestAndTheSyntheticString) {
  expect_said("digest", head + topology("xml = \"box.xml\"\nsha256 = \"abc\"") + rest());
  expect_said("no-digest", head + topology("xml = \"box.xml\"") + rest());
  expect_said("digest-alone", head + topology("synthetic = \"core:2 pu:1\"\nsha256 = \"abc\"") + rest());
  expect_said("two-topologies", head +
                                    topology("xml = \"box.xml\"\nsha256 = \"" + sha256(some_xml()) +
                                             "\"\nsynthetic = \"core:4 pu:2\"") +
                                    rest());
}

TEST(ProfileReader, HoldsMemoryAgainstTheNodes) {
  expect_said("memory",
              head + topology("synthetic = \"pack:2 [numa(memory=64GiB)] core:4 pu:1\"") + rest("96GiB"));
}

TEST(ProfileReader, RefusesAGainWithoutSmt) {
  expect_said("smt", head + topology("synthetic = \"core:4 pu:1\"") +
                         rest("8GiB", "[smt]\ngain = 1.2\nsource = \"s\"\n"));
  expect_said("smt-gain", head + topology("synthetic = \"core:4 pu:2\"") +
                              rest("8GiB", "[smt]\ngain = 3\nsource = \"s\"\n"));
}

TEST(ProfileReader, HoldsSpeedsAgainstTheKinds) {
  expect_said("kinds", head + topology("synthetic = \"core:4 pu:1\"") +
                           rest("8GiB", "[speed]\ncore = 1\nkinds = [0.5, 1]\nsource = \"s\"\n"));
  expect_said("falling-kinds", head + topology("synthetic = \"core:4 pu:1\"") +
                                   rest("8GiB", "[speed]\ncore = -1\nkinds = [1, 0.5]\nsource = \"s\"\n"));
}

TEST(ProfileReader, HoldsLimitsAgainstTheMachine) {
  expect_said("limits", head + topology("synthetic = \"core:4 pu:2\"") +
                            rest("8GiB", "[limits]\ncpus = 9\nmemory = \"9GiB\"\nsource = \"s\"\n"));
}

TEST(ProfileReader, RefusesPricesWithoutMoney) {
  expect_said("price",
              head + topology("synthetic = \"core:4 pu:1\"") +
                  rest("8GiB", "[price]\nper_hour = \"cheap\"\ncurrency = \"shells\"\nsource = \" \"\n"));
}

TEST(ProfileReader, RefusesWhatIsNotToml) {
  expect_said("not-toml", "format = = 1\n");
}

}  // namespace
}  // namespace sharder
