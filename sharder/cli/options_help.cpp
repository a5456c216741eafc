#include "sharder/cli/options_help.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr std::size_t page_width = 96;
constexpr std::size_t flag_column = 32;

std::string_view meaning_of(int status) {
  switch (status) {
    case 0:
      return "all is well";
    case 1:
      return "at least one test failed";
    case 2:
      return "usage or configuration is wrong, or the machine is unfit; nothing was run";
    case 3:
      return "the run is incomplete: tests were lost, or the deadline passed";
    case 4:
      return "no test was selected";
    case 5:
      return "listing, setup or the start of services failed";
    case 6:
      return "no test failed, some were flaky, and --flaky warn was given";
    case 70:
      return "a bug in sharder";
    case 75:
      return "no slot is free on this machine for now: try again";
    case 130:
      return "stopped by SIGINT (143: SIGTERM); reports are written all the same";
    default:
      return "";
  }
}

/// `text` in lines of the page's width, each with `indent` blanks before it but the first, which stands at
/// `start`.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t start) {
  std::string result;
  std::size_t column = start;
  for (const std::string& word : split(text, ' ')) {
    if (column + word.size() + 1 > page_width && column > indent) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result;
}

/// A left part, and its explanation in a column of its own.
std::string row(const std::string& left, const std::string& right, std::size_t column) {
  std::string line = "  " + left;
  if (line.size() + 2 > column)
    line += "\n" + std::string(column, ' ');
  else
    line.resize(column, ' ');
  return line + wrapped(right, column, column) + "\n";
}

std::string spelling(const Flag& flag) {
  std::string text = flag.letter != 0 ? fmt::format("-{}, ", flag.letter) : "    ";
  text += "--" + flag.name;
  if (!flag.value_is_optional() && flag.takes_value()) text += " ";
  return text + flag.value;
}

std::string flag_groups(const std::vector<Flag>& flags) {
  std::vector<std::string> groups;
  for (const Flag& flag : flags)
    if (std::find(groups.begin(), groups.end(), flag.group) == groups.end()) groups.push_back(flag.group);
  std::string text;
  for (const std::string& group : groups) {
    text += fmt::format("\n{}:\n", group);
    for (const Flag& flag : flags)
      if (flag.group == group) text += row(spelling(flag), flag.help, flag_column);
  }
  return text + "\n" + row("-h, --help", "this text", flag_column);
}

std::string verb_rows() {
  std::string text;
  for (const VerbDescription& each : verb_descriptions()) text += row(each.words, each.summary, 18);
  return text;
}

}  // namespace

std::string overview_text() {
  return "sharder - runs a test suite in parallel, in copy-on-write clones of this machine\n\n"
         "Usage: sharder VERB [FLAGS]\n\nVerbs:\n" +
         verb_rows() +
         "\n  -h, --help        this text; after a verb, what that verb takes\n"
         "      --version     the version\n"
         "\nExamples:\n"
         "  sharder init        write a sharder.toml for what is here\n"
         "  sharder list        see the tests\n"
         "  sharder run         run them\n"
         "  sharder run --help  flags and exit status\n";
}

std::string group_overview_text(const std::string& group) {
  const VerbDescription& first = *find_verb(group + " " + verbs_of_group(group).front());
  std::string text = fmt::format("Usage: sharder {} VERB [FLAGS]\n\n", group);
  text += wrapped(first.text.front(), 0, 0) + "\n\nVerbs:\n";
  for (const VerbDescription& each : verb_descriptions())
    if (each.words.starts_with(group + " ")) text += row(each.words, each.summary, 18);
  return text + fmt::format("\nExamples:\n  sharder {} {} --help\n", group, verbs_of_group(group).front());
}

std::string help_text(const VerbDescription& description) {
  std::string text = fmt::format("Usage: sharder {}{}{}\n\n", description.words,
                                 description.usage.empty() ? "" : " ", description.usage);
  std::string summary = description.summary;
  summary[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(summary[0])));
  text += wrapped(summary + ".", 0, 0) + "\n";
  for (const std::string& paragraph : description.text) text += "\n" + wrapped(paragraph, 0, 0) + "\n";
  text += flag_groups(description.flags);
  text += "\nExit status, the first that applies:\n";
  for (const int status : description.statuses)
    text += fmt::format("  {:>3}  {}\n", status, meaning_of(status));
  text += "\nExamples:\n";
  for (const auto& [command, meaning] : description.examples)
    text += fmt::format("  {}\n      {}\n", command, meaning);
  return text;
}

}  // namespace sharder
