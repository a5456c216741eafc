// What the verb table knows, for shells: scripts that complete the words of a command line. The package installs one
// per shell; `sharder --completion SHELL` prints it. What can stand somewhere is told here, how a shell is told so in
// the files of the shells.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sharder/cli/options_verbs.hpp"

namespace sharder {

/// What can stand in a place: words that are always the same, and what the machine has.
struct Candidates {
  enum class Kind { none, files, directories, bases, profiles };

  std::vector<std::string> words;
  Kind kind = Kind::none;
};

/// For the value of a flag: its choices; else what its placeholder tells, such as FILE, or auto|off|N.
Candidates value_candidates(const Flag& flag);
/// For what a verb is given without a flag.
Candidates operand_candidates(const VerbDescription& verb);

/// True when the value is the word after the flag, false when there is none or it can follow '=' only.
bool value_is_a_word(const Flag& flag);

/// A word of a command line and what it does.
struct Choice {
  std::string word, help;
};

/// What can be the first word: verbs, and groups of them. A group's help names its verbs.
std::vector<Choice> first_words();
/// The groups: "base", "history" ...
std::vector<std::string> verb_groups();
/// What can follow a group's name.
std::vector<Choice> second_words(const std::string& group);

/// The script for bash, zsh or fish. Throws UsageError for any other.
std::string completion_script(const std::string& shell);

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace sharder
