#include "sharder/cli/completion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "sharder/cli/options.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/files.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using Words = std::vector<std::string>;

/// The part of a script between two texts; "" where there is none.
std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t begin = text.find(from);
  return begin == std::string::npos ? "" : text.substr(begin, text.find(to, begin + from.size()) - begin);
}

/// "--order" as a word, and not as the beginning of another.
bool has_flag(const std::string& text, const std::string& flag) {
  for (std::size_t at = text.find(flag); at != std::string::npos; at = text.find(flag, at + 1)) {
    const char next = at + flag.size() < text.size() ? text[at + flag.size()] : ' ';
    if (std::isalnum(static_cast<unsigned char>(next)) == 0 && next != '-') return true;
  }
  return false;
}

TEST(Completion, OffersEveryFlagOfEveryVerbInEveryShell) {
  const std::string bash = completion_script("bash"), zsh = completion_script("zsh"), fish = completion_script("fish");
  const std::string bash_flags = between(bash, "_sharder_flags() {", "\n}");
  for (const VerbDescription& verb : verb_descriptions()) {
    const std::string in_bash = between(bash_flags, "'" + verb.words + "') ", ";;");
    const std::string in_zsh = between(zsh, "  '" + verb.words + "') _arguments", ";;");
    const std::string in_fish = between(fish, "\n\ncomplete -c sharder -n '__sharder_verb " + verb.words + "'", "\n\n");
    Words names{"help"};
    for (const Flag& flag : verb.flags) names.push_back(flag.name);
    for (const std::string& name : names) {
      EXPECT_TRUE(has_flag(in_bash, "--" + name)) << verb.words << " in bash: " << name;
      EXPECT_TRUE(has_flag(in_zsh, "--" + name)) << verb.words << " in zsh: " << name;
      EXPECT_TRUE(has_flag(in_fish, "-l " + name)) << verb.words << " in fish: " << name;
    }
  }
}

TEST(Completion, KnowsFromThePlaceholderWhatCanStandThere) {
  EXPECT_THAT(value_candidates(run_flag("workers")).words, ElementsAre("auto"));
  EXPECT_THAT(value_candidates(run_flag("order")).words, ElementsAre("auto", "listed", "reverse", "shuffle"));
  EXPECT_EQ(value_candidates(run_flag("junit")).kind, Candidates::Kind::files);
  EXPECT_EQ(value_candidates(run_flag("output")).kind, Candidates::Kind::directories);
  EXPECT_EQ(value_candidates(run_flag("base")).kind, Candidates::Kind::bases);
  EXPECT_EQ(operand_candidates(*find_verb("base remove")).kind, Candidates::Kind::bases);
  EXPECT_EQ(operand_candidates(*find_verb("base create")).kind, Candidates::Kind::none);
  EXPECT_EQ(operand_candidates(*find_verb("profile show")).kind, Candidates::Kind::profiles);
  EXPECT_FALSE(value_is_a_word(run_flag("fail-fast")));
}

TEST(Completion, RefusesShellsThatItDoesNotKnow) {
  EXPECT_THROW(parse_command_line({"--completion", "tcsh"}), UsageError);
  EXPECT_EQ(parse_command_line({"--completion", "zsh"}).print, zsh_completion());
}

/// The scripts, in a directory beside a `sharder` that answers as the real one does.
class CompletionInShells : public testing::Test {
 protected:
  void SetUp() override {
    std::string form = (std::filesystem::temp_directory_path() / "sharder-completion.XXXXXX").string();
    ASSERT_NE(::mkdtemp(form.data()), nullptr);
    directory_ = form;
    for (const char* shell : {"bash", "zsh", "fish"})
      write_file(directory_ / (std::string("sharder.") + shell), completion_script(shell));
    write_file(directory_ / "sharder", "#!/bin/sh\nprintf 'NAME  MADE FROM\\n%s-one  x y\\n%s-two  x y\\n' $1 $1\n");
    std::filesystem::permissions(directory_ / "sharder", std::filesystem::perms::owner_all);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  /// What a shell prints, complaints included; its status in the end, where it is not 0.
  std::string output_of(const Words& command) const {
    const std::string line = "cd " + quote_for_shell(directory_.string()) + " && HOME=$PWD PATH=$PWD:$PATH " +
                             quote_command(command) + " 2>&1";
    std::FILE* pipe = ::popen(line.c_str(), "r");
    std::string text;
    std::array<char, 4096> part{};
    while (const std::size_t size = std::fread(part.data(), 1, part.size(), pipe)) text.append(part.data(), size);
    const int status = ::pclose(pipe);
    return status == 0 ? text : text + "exit status " + std::to_string(WEXITSTATUS(status)) + "\n";
  }

  /// What bash completes the last word to; "=" is a word of its own, as bash has it.
  Words in_bash(const Words& words) const {
    std::string script = ". ./sharder.bash\nCOMP_WORDS=(" + quote_command(words) + ")\nCOMP_CWORD=" +
                         std::to_string(words.size() - 1) + "\n_sharder sharder\nprintf '%s\\n' \"${COMPREPLY[@]}\"";
    return split_lines(output_of({"bash", "-c", script}));
  }

  Words in_fish(const std::string& line) const {
    Words found;
    const std::string script = "source sharder.fish; complete -C " + quote_for_shell(line);
    for (const std::string& each : split_lines(output_of({"fish", "--no-config", "-c", script})))
      found.push_back(split(each, '\t').front());
    return found;
  }

  std::filesystem::path directory_;
};

TEST_F(CompletionInShells, TheScriptsHaveNoFaultOfForm) {
  EXPECT_EQ(output_of({"bash", "-n", "sharder.bash"}), "");
  EXPECT_EQ(output_of({"zsh", "-n", "sharder.zsh"}), "") << "(hint: scripts/install-dependencies)";
  EXPECT_EQ(output_of({"fish", "--no-execute", "sharder.fish"}), "") << "(hint: scripts/install-dependencies)";
}

TEST_F(CompletionInShells, BashCompletesVerbsFlagsAndValues) {
  EXPECT_THAT(in_bash({"sharder", ""}), IsSupersetOf({"run", "base", "--version"}));
  EXPECT_THAT(in_bash({"sharder", "base", "re"}), ElementsAre("refresh", "remove"));
  EXPECT_THAT(in_bash({"sharder", "run", "--ord"}), ElementsAre("--order"));
  EXPECT_THAT(in_bash({"sharder", "run", "x", "--order", "s"}), ElementsAre("shuffle"));
  EXPECT_THAT(in_bash({"sharder", "run", "--order", "=", "s"}), ElementsAre("shuffle"));
  EXPECT_THAT(in_bash({"sharder", "run", "--flaky", "="}), ElementsAre("pass", "warn", "fail"));
  EXPECT_THAT(in_bash({"sharder", "run", "--base", "b"}), ElementsAre("base-one", "base-two"));
  EXPECT_THAT(in_bash({"sharder", "profile", "show", "profile-o"}), ElementsAre("profile-one"));
  EXPECT_THAT(in_bash({"sharder", "run", "-C", "sharder.b"}), ElementsAre("sharder.bash"));
  EXPECT_THAT(in_bash({"sharder", "run", "--", "--or"}), ElementsAre(""));
}

TEST_F(CompletionInShells, FishCompletesVerbsFlagsAndValues) {
  EXPECT_THAT(in_fish("sharder "), IsSupersetOf({"run", "base"}));
  EXPECT_THAT(in_fish("sharder base re"), ElementsAre("refresh", "remove"));
  EXPECT_THAT(in_fish("sharder run --or"), ElementsAre("--order"));
  EXPECT_THAT(in_fish("sharder run --order s"), ElementsAre("shuffle"));
  EXPECT_THAT(in_fish("sharder base remove base-t"), ElementsAre("base-two"));
  EXPECT_THAT(in_fish("sharder history import sharder.b"), ElementsAre("sharder.bash"));
  EXPECT_THAT(in_fish("sharder run -- --or"), ElementsAre());
}

/// The man page tells of each flag in bold, as scdoc has it.
TEST(ManPage, TellsOfEveryFlagAndVerb) {
  const std::string page = read_file(std::filesystem::path(SHARDER_TEST_DATA) / "../docs/man/sharder.1.scd");
  for (const VerbDescription& verb : verb_descriptions()) {
    EXPECT_THAT(page, HasSubstr("*" + verb.words + "*"));
    for (const Flag& flag : verb.flags)
      EXPECT_TRUE(has_flag(page, "*--" + flag.name)) << "sharder " << verb.words << " --" << flag.name;
  }
}

}  // namespace
}  // namespace sharder
