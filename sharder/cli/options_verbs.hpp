// The verbs as data: what each takes, and what its --help teaches. The parser and the help read the same
// table.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sharder/config/flag.hpp"

namespace sharder {

struct VerbDescription {
  enum class Operands { none, at_most_one, exactly_one, any_number };

  Verb verb = Verb::run;
  std::string words;              // "base create"
  std::string usage;              // what follows the words
  std::string summary;            // one line
  std::vector<std::string> text;  // paragraphs
  std::vector<Flag> flags;
  Operands operands = Operands::none;
  std::string operand;  // "NAME", for errors
  bool (*store_operand)(CommandLine&, const std::string&) = nullptr;
  bool takes_arguments = false;                               // "-- ARGUMENTS"
  std::vector<std::pair<std::string, std::string>> examples;  // command, what it does
  std::vector<int> statuses;
};

const std::vector<VerbDescription>& verb_descriptions();

/// "run" or "base create"; null where there is none.
const VerbDescription* find_verb(const std::string& words);

/// The second words of the verbs that begin with `group`: "create", "list" ... for "base"; none for a plain verb.
std::vector<std::string> verbs_of_group(const std::string& group);

/// Verbs of the design that this version lacks.
const std::vector<std::string>& later_verbs();

}  // namespace sharder
