#include "sharder/cli/init_text.hpp"

#include <fmt/format.h>

#include "sharder/support/text.hpp"

namespace sharder {
namespace {

constexpr const char* head =
    R"(# How sharder runs the tests of this project. Its directory is what every clone gets a copy of.
# `sharder list` shows the tests, `sharder list --explain` the commands in force, `sharder run` runs them.

)";

constexpr const char* example =
    R"(# Nothing was found here that sharder knows, so this is an example: every program is one test, its exit
# status tells (0 passed, 77 skipped). Other frameworks: googletest, pytest, ctest, tap, testr, or your own:
#   [framework.mine]
#   list = { command = "./t --list", format = "ids" }
#   run  = { command = "./t {id}", format = "exit" }
[suite.scripts]
framework = "exec"
programs  = ["tests/*.sh"]
)";

constexpr const char* tail = R"(
# What follows are defaults, and examples of what can be said besides.

#[clones]
#base     = "host"            # a clone of this machine; or a base of `sharder base create`
#workers  = "auto"            # a number, or a share of the cores such as "50%"
#network  = "none"            # "bridge": tests may reach the network
#collect  = ["**/*.gcda"]     # files to keep from the clones

#[clones.setup]               # once, as root; what it leaves lies under every clone
#command  = "make schema"
#inputs   = ["database/**"]   # with these the result is kept until one of them changes

#[clones.start]               # in every clone, as root, before its first test
#command  = "pg_ctlcluster 15 main start -o '-c ssl=off'"
#ready    = "pg_isready -q"
#stop     = "pg_ctlcluster 15 main stop"

#[run]
#timeout  = "10m"             # of one test
#reruns   = 3                 # of a failing test, in fresh clones

#[[override]]                 # by test: a part of the id, re:EXPRESSION or tag:NAME
#match    = "re:Network.*"
#timeout  = "20m"
)";

std::string quoted(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      escaped += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    } else {
      escaped += c;
    }
  }
  return "\"" + escaped + "\"";
}

/// A sentence or more, as comment lines of a readable width.
std::string comment(const std::string& text) {
  constexpr std::size_t width = 100;
  std::string lines, line = "#";
  for (const std::string& word : split(text, ' ')) {
    if (line.size() + 1 + word.size() > width) {
      lines += line + "\n";
      line = "#";
    }
    line += " " + word;
  }
  return lines + line + "\n";
}

std::string suite_text(const Finding& finding) {
  std::string text = finding.own_framework.empty() ? "" : finding.own_framework + "\n";
  text += fmt::format("[suite.{}]\nframework = {}\n", finding.suite, quoted(finding.framework));
  if (!finding.programs.empty()) {
    std::vector<std::string> globs;
    for (const std::string& glob : finding.programs) globs.push_back(quoted(glob));
    text += fmt::format("programs  = [{}]\n", join(globs, ", "));
  }
  if (finding.directory != ".") text += fmt::format("directory = {}\n", quoted(finding.directory));
  if (!finding.interpreter.empty()) text += fmt::format("interpreter = {}\n", quoted(finding.interpreter));
  return text;
}

std::string commented(const std::string& text) {
  std::string lines;
  for (const std::string& line : split_lines(text)) lines += line.empty() ? "\n" : "#" + line + "\n";
  return lines;
}

}  // namespace

std::string configuration_text(const std::vector<Finding>& findings) {
  std::string text = head;
  if (findings.empty()) text += example;
  for (const Finding& finding : findings) {
    if (&finding != &findings.front()) text += "\n";
    text += comment(fmt::format("Found {}.", replace_all(printable(finding.evidence), "\n", " ")));
    if (!finding.remark.empty()) text += comment(finding.remark);
    text += finding.in_force ? suite_text(finding) : commented(suite_text(finding));
  }
  return text + tail;
}

std::string findings_text(const std::vector<Finding>& findings) {
  if (findings.empty())
    return "found no tests of a kind that sharder knows; wrote sharder.toml with an example\n"
           "next: name your test programs in it, then try `sharder list`\n";
  std::string text;
  for (const Finding& finding : findings)
    text += fmt::format("found {}: {}\n", printable(finding.evidence),
                        finding.in_force
                            ? fmt::format("[suite.{}], framework {}", finding.suite, finding.framework)
                            : fmt::format("left as a comment, framework {}", finding.framework));
  text +=
      "wrote sharder.toml\nnext: `sharder list` shows whether these are your tests, `sharder run` runs "
      "them\n";
  return text;
}

}  // namespace sharder
