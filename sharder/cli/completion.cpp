#include "sharder/cli/completion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "sharder/config/diagnostic.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using Kind = Candidates::Kind;

bool is_fixed_word(const std::string& part) {
  return !part.empty() && std::all_of(part.begin(), part.end(), [](unsigned char c) { return std::islower(c) != 0; });
}

/// From "N|auto|50%" the words that are meant literally, from "FILE" what it stands for.
Candidates candidates_of_placeholder(const std::string& placeholder) {
  static const std::map<std::string, Kind> kinds{{"FILE", Kind::files},         {"FILE...", Kind::files},
                                                 {"SOURCE", Kind::files},       {"URL", Kind::files},
                                                 {"DIR", Kind::directories},    {"DIR...", Kind::directories},
                                                 {"RUN", Kind::directories},    {"RUN...", Kind::directories}};
  Candidates result;
  for (const std::string& part : split(placeholder, '|')) {
    if (is_fixed_word(part)) result.words.push_back(part);
    if (const auto found = kinds.find(part); found != kinds.end()) result.kind = found->second;
    if (part.starts_with("RUN")) result.words.emplace_back("latest");
  }
  return result;
}

std::string group_of(const VerbDescription& verb) {
  const std::size_t space = verb.words.find(' ');
  return space == std::string::npos ? "" : verb.words.substr(0, space);
}

}  // namespace

bool value_is_a_word(const Flag& flag) {
  return flag.takes_value() && !flag.value_is_optional();
}

Candidates value_candidates(const Flag& flag) {
  if (!flag.choices.empty()) return {flag.choices, Kind::none};
  if (flag.name == "base") return {{"host"}, Kind::bases};
  if (flag.name == "profile") return {{"all"}, Kind::profiles};
  return candidates_of_placeholder(flag.value);
}

Candidates operand_candidates(const VerbDescription& verb) {
  if (verb.operand == "NAME") {
    if (group_of(verb) == "profile") return {{}, Kind::profiles};
    // A base that is to be made has a name that no base has.
    if (group_of(verb) == "base" && verb.verb != Verb::base_create) return {{}, Kind::bases};
  }
  return candidates_of_placeholder(verb.operand);
}

std::vector<std::string> verb_groups() {
  std::vector<std::string> groups;
  for (const VerbDescription& verb : verb_descriptions()) {
    const std::string group = group_of(verb);
    if (!group.empty() && std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(group);
  }
  return groups;
}

std::vector<Choice> first_words() {
  std::vector<Choice> words;
  for (const VerbDescription& verb : verb_descriptions())
    if (group_of(verb).empty()) words.push_back({verb.words, verb.summary});
  for (const std::string& group : verb_groups()) words.push_back({group, join(verbs_of_group(group), ", ")});
  words.push_back({"help", "what a verb does and takes"});
  return words;
}

std::vector<Choice> second_words(const std::string& group) {
  std::vector<Choice> words;
  for (const std::string& word : verbs_of_group(group))
    words.push_back({word, find_verb(group + " " + word)->summary});
  return words;
}

std::string completion_script(const std::string& shell) {
  if (shell == "bash") return bash_completion();
  if (shell == "zsh") return zsh_completion();
  if (shell == "fish") return fish_completion();
  throw UsageError(fmt::format("--completion: expected bash, zsh or fish, found \"{}\"", printable(shell)),
                   did_you_mean(shell, {"bash", "zsh", "fish"}));
}

}  // namespace sharder
