#include "sharder/suites/command_line.hpp"

#include <gtest/gtest.h>

#include "sharder/support/errors.hpp"

namespace sharder {
namespace {

using Words = std::vector<std::string>;

CommandValues some_values() {
  CommandValues values;
  values.program = "/p/a test";
  values.interpreter = "/usr/bin/python3";
  values.arguments = {"-x", "two words"};
  values.ids = {"A.b", "it's, (ü) \"q\" {id}"};
  values.programs = {"/p/x", "/p/y"};
  values.command = {"sh", "-c", "exit 3"};
  values.id_file = "/run/sharder/ids-1";
  values.result_file = "/run/sharder/result-1";
  return values;
}

TEST(CommandLine, SplitsWordsBeforeItFillsThemIn) {
  EXPECT_EQ(build_command("{program} 'a  b' --id={id}", some_values()),
            (Words{"/p/a test", "a  b", "--id=A.b"}));
}

TEST(CommandLine, MakesAWordOfEachValueWhereAPlaceholderStandsAlone) {
  EXPECT_EQ(build_command("t {arguments} {ids}", some_values()),
            (Words{"t", "-x", "two words", "A.b", "it's, (ü) \"q\" {id}"}));
  EXPECT_EQ(build_command("{command}", some_values()), (Words{"sh", "-c", "exit 3"}));
  EXPECT_EQ(build_command("t {programs}", some_values()), (Words{"t", "/p/x", "/p/y"}));
}

TEST(CommandLine, JoinsIdsWithinAWordByTheSeparator) {
  CommandValues values = some_values();
  values.separator = ":";
  EXPECT_EQ(build_command("t --filter={ids}", values), (Words{"t", "--filter=A.b:it's, (ü) \"q\" {id}"}));
}

TEST(CommandLine, LeavesOtherBracesAlone) {
  EXPECT_EQ(build_command("sh -c '${HOME} {a{id} {} {'", some_values()),
            (Words{"sh", "-c", "${HOME} {aA.b {} {"}));
}

TEST(CommandLine, NamesTheFilesOfTheProcess) {
  EXPECT_EQ(build_command("{interpreter} --load-list {id_file} --xml={result_file}", some_values()),
            (Words{"/usr/bin/python3", "--load-list", "/run/sharder/ids-1", "--xml=/run/sharder/result-1"}));
}

TEST(CommandLine, LeavesNothingOfAnEmptyList) {
  EXPECT_EQ(build_command("t {arguments}", CommandValues{}), (Words{"t"}));
}

TEST(CommandLine, RefusesAnOpenQuote) {
  EXPECT_THROW(build_command("t 'x", CommandValues{}), ConfigError);
}

}  // namespace
}  // namespace sharder
