// The verbs that make and keep bases.
#include <algorithm>
#include <cctype>

#include "sharder/cli/options_verbs_parts.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using Operands = VerbDescription::Operands;

constexpr const char* base_source_group = "Where the base comes from";

/// Names become directories and parts of messages; `host` is taken.
bool set_base_name(CommandLine& line, const std::string& value) {
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
  line.base.name = value;
  return plain && value != "host" && std::isalnum(static_cast<unsigned char>(value[0])) != 0;
}

std::vector<Flag> base_create_flags() {
  constexpr const char* from = base_source_group;
  return {
      {.name = "from",
       .value = "SOURCE",
       .group = from,
       .help = "a directory with a root file system, a tarball of one, or the name of an LXC container",
       .expects = "a directory, a tarball or the name of an LXC container",
       .store = [](CommandLine& line, const std::string& value) { return set_text(line.base.from, value); }},
      {.name = "release",
       .value = "NAME",
       .group = from,
       .help = "a Debian or Ubuntu release, e.g. bookworm",
       .expects = "the name of a release",
       .store = [](CommandLine& line,
                   const std::string& value) { return set_text(line.base.release, value); }},
      {.name = "mirror",
       .value = "URL",
       .group = from,
       .help = "the mirror that the release is taken from",
       .expects = "a URL",
       .store = [](CommandLine& line,
                   const std::string& value) { return set_text(line.base.mirror, value); }},
      {.name = "packages",
       .value = "A,B,C",
       .group = from,
       .help = "packages to install besides (repeatable)",
       .expects = "names of packages, with commas between them",
       .repeatable = true,
       .store =
           [](CommandLine& line, const std::string& value) {
             for (const std::string& name : split(value, ',')) {
               if (trim(name).empty()) return false;
               line.base.packages.emplace_back(trim(name));
             }
             return true;
           }},
      {.name = "replace",
       .group = "Flags",
       .help = "takes the place of a base of that name",
       .store = [](CommandLine& line, const std::string&) { return line.base.replace = true; }}};
}

VerbDescription base_create_verb() {
  return {
      .verb = Verb::base_create,
      .words = "base create",
      .usage = "NAME (--from SOURCE | --release NAME) [FLAGS]",
      .summary = "makes a base that clones can be taken of",
      .text = {"A base is a root file system under /var/lib/sharder, named in sharder.toml by base = "
               "\"NAME\" or on the "
               "command line by --base NAME. Without one, clones are taken of this machine (base `host`), "
               "which always "
               "exists."},
      .flags = few_flags({"color"}, base_create_flags()),
      .operands = Operands::exactly_one,
      .operand = "NAME",
      .store_operand = set_base_name,
      .examples = {{"sharder base create ci --release bookworm --packages postgresql,python3-pytest",
                    "Debian 12"},
                   {"sharder base create ci --from rootfs.tar.xz --replace", "from a tarball, anew"},
                   {"sharder base create ci --from build-container",
                    "from an LXC container, which must be stopped"}},
      .statuses = {70, 2, 0},
  };
}

VerbDescription base_verb(Verb verb, const std::string& word, const std::string& summary, bool named) {
  VerbDescription description{.verb = verb,
                              .words = "base " + word,
                              .usage = named ? "NAME" : "",
                              .summary = summary,
                              .flags = few_flags({"color"}),
                              .statuses = {70, 2, 0}};
  description.examples = {{"sharder base " + word + (named ? " ci" : ""), summary}};
  if (named) {
    description.operands = Operands::exactly_one;
    description.operand = "NAME";
    description.store_operand = set_base_name;
  }
  return description;
}

}  // namespace

std::vector<VerbDescription> base_verbs() {
  return {base_create_verb(), base_verb(Verb::base_list, "list", "lists the bases of this machine", false),
          base_verb(Verb::base_show, "show", "says what a base is made of", true),
          base_verb(Verb::base_refresh, "refresh", "brings a base up to date from where it came", true),
          base_verb(Verb::base_remove, "remove", "removes a base that no run uses", true)};
}

}  // namespace sharder
