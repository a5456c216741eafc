#include "sharder/cli/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "sharder/cli/completion.hpp"
#include "sharder/cli/options_habits.hpp"
#include "sharder/cli/options_help.hpp"
#include "sharder/cli/options_verbs.hpp"
#include "sharder/config/diagnostic.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

using Operands = VerbDescription::Operands;
using Words = std::vector<std::string>;

bool is_help(const std::string& word) {
  return word == "-h" || word == "--help";
}

std::string shown_flag(const Flag& flag) {
  return "--" + flag.name;
}

/// Parses the words after one verb, up to "--".
class VerbParser {
 public:
  VerbParser(const VerbDescription& verb, CommandLine& line) : verb_(verb), line_(line) {
    app_.set_help_flag("");  // help is told before anything is judged
    app_.allow_extras();
    for (const Flag& flag : verb.flags) add(flag);
  }
  VerbParser(const VerbParser&) = delete;
  VerbParser& operator=(const VerbParser&) = delete;

  void parse(Words words) {
    std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
    try {
      app_.parse(std::move(words));
    } catch (const CLI::ArgumentMismatch& refused) {
      const std::string text = refused.what();
      throw UsageError(fmt::format("{} needs a value", text.substr(0, text.find(':'))), see_help());
    } catch (const CLI::ParseError& refused) {
      throw UsageError(refused.what(), see_help());
    }
    take_operands(app_.remaining());
  }

 private:
  std::string see_help() const { return fmt::format("sharder {} --help", verb_.words); }

  void add(const Flag& flag) {
    const std::string names = (flag.letter != 0 ? fmt::format("-{},", flag.letter) : "") + shown_flag(flag);
    CLI::Option* option = app_.add_option(names, [this, &flag](const CLI::results_t& values) {
      // CLI11 says "true" where nothing stands after the flag.
      for (const std::string& value : values) store(flag, expects_word(flag) || value != "true" ? value : "");
      return true;
    });
    option->expected(expects_word(flag) ? 1 : 0);
    option->multi_option_policy(flag.repeatable ? CLI::MultiOptionPolicy::TakeAll
                                                : CLI::MultiOptionPolicy::TakeLast);
  }

  /// Whether the next word is its value; an optional value can stand after '=' only.
  static bool expects_word(const Flag& flag) { return flag.takes_value() && !flag.value_is_optional(); }

  void store(const Flag& flag, const std::string& value) {
    if (!flag.takes_value() && !value.empty())
      throw UsageError(fmt::format("{} takes no value, found \"{}\"", shown_flag(flag), printable(value)));
    store_flag(flag, line_, value, shown_flag(flag));
    line_.options.given.push_back(flag.name);
  }

  void take_operands(const Words& words) {
    Words operands;
    for (const std::string& word : words) {
      if (word.size() > 1 && word[0] == '-')
        throw UsageError(fmt::format("unknown flag {}", printable(word)), hint_for_unknown_flag(word, verb_));
      operands.push_back(word);
    }
    const std::size_t most = verb_.operands == Operands::none         ? 0
                             : verb_.operands == Operands::any_number ? words.size()
                                                                      : 1;
    if (operands.size() > most)
      throw UsageError(
          fmt::format("sharder {} cannot make sense of \"{}\"", verb_.words, printable(operands[most])),
          see_help());
    if (verb_.operands == Operands::exactly_one && operands.empty())
      throw UsageError(fmt::format("sharder {} needs a {}", verb_.words, verb_.operand), see_help());
    for (const std::string& operand : operands)
      if (!verb_.store_operand(line_, operand))
        throw UsageError(fmt::format("\"{}\" is no {}", printable(operand), verb_.operand), operand_hint());
  }

  std::string operand_hint() const {
    if (verb_.operand != "NAME") return see_help();
    return "letters, digits, '-', '_' and '.', and not \"host\", which is this machine";
  }

  const VerbDescription& verb_;
  CommandLine& line_;
  CLI::App app_;
};

/// How many words name the verb; throws where none does.
std::size_t words_of_verb(const Words& arguments) {
  if (arguments.empty())
    throw UsageError("which verb?", "sharder run runs the tests, sharder --help lists the verbs");
  const std::string& first = arguments[0];
  if (find_verb(first)) return 1;
  if (const Words verbs = verbs_of_group(first); !verbs.empty()) {
    if (arguments.size() == 1) throw UsageError(fmt::format("sharder {} needs a verb", first), join(verbs, ", "));
    if (find_verb(first + " " + arguments[1])) return 2;
    throw UsageError(fmt::format("unknown verb \"{} {}\"", first, printable(arguments[1])),
                     suggestion(arguments[1], verbs));
  }
  if (std::find(later_verbs().begin(), later_verbs().end(), first) != later_verbs().end())
    throw UsageError(fmt::format("sharder {} is not in this version", first),
                     "sharder --help lists the verbs");
  if (first.starts_with("-"))
    throw UsageError(fmt::format("expected a verb, found the flag {}", printable(first)),
                     "the verb comes first: sharder run " + quote_command(arguments));
  Words known;
  for (const VerbDescription& each : verb_descriptions()) {
    const std::string word = split(each.words, ' ').front();
    if (std::find(known.begin(), known.end(), word) == known.end()) known.push_back(word);
  }
  throw UsageError(fmt::format("unknown verb \"{}\"", printable(first)), suggestion(first, known));
}

/// What is printed without a verb being carried out: the version, the overviews.
std::optional<std::string> general_text(const Words& arguments) {
  if (arguments.empty()) return std::nullopt;
  if (arguments[0] == "--version") return std::string(version_text) + "\n";
  if (is_help(arguments[0])) return overview_text();
  // For the build and for those who install by hand; nobody types it twice, so no --help tells of it.
  if (arguments[0] == "--completion" && arguments.size() == 2) return completion_script(arguments[1]);
  const bool last_is_help = arguments.size() == 2 && is_help(arguments[1]);
  if (last_is_help && !verbs_of_group(arguments[0]).empty()) return group_overview_text(arguments[0]);
  return std::nullopt;
}

void check_base_create(const BaseOptions& base) {
  if (base.from && base.release)
    throw UsageError("--from and --release exclude each other",
                     "--from takes what is there, --release makes it anew");
  if (!base.from && !base.release)
    throw UsageError("sharder base create needs --from or --release", "e.g. --release bookworm");
  if (base.mirror && !base.release) throw UsageError("--mirror is for --release only");
}

}  // namespace

ParsedCommandLine parse_command_line(const std::vector<std::string>& arguments) {
  ParsedCommandLine parsed;
  // `sharder help run` is `sharder run --help`.
  if (!arguments.empty() && arguments[0] == "help") {
    Words words(arguments.begin() + 1, arguments.end());
    words.push_back("--help");
    return parse_command_line(words);
  }
  parsed.print = general_text(arguments);
  if (parsed.print) return parsed;

  const std::size_t skipped = words_of_verb(arguments);
  const Words name(arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(skipped));
  const VerbDescription& verb = *find_verb(join(name, " "));
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  CommandLine& line = parsed.command_line;
  line.verb = verb.verb;
  line.text = "sharder " + quote_command(arguments);
  if (std::any_of(arguments.begin(), dashes, is_help)) {
    parsed.print = help_text(verb);
    return parsed;
  }
  VerbParser parser(verb, line);
  parser.parse(Words(arguments.begin() + static_cast<std::ptrdiff_t>(skipped), dashes));
  if (dashes != arguments.end()) {
    if (!verb.takes_arguments) throw UsageError(fmt::format("sharder {} takes nothing after --", verb.words));
    line.options.framework_arguments.assign(dashes + 1, arguments.end());
  }
  if (line.verb == Verb::base_create) check_base_create(line.base);
  return parsed;
}

}  // namespace sharder
