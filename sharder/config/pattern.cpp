#include "sharder/config/pattern.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sharder/config/bounded_regex.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {
namespace {

/// The prefix is taken off where it stands.
bool take_prefix(std::string& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.erase(0, prefix.size());
  return true;
}

}  // namespace

// boost::regex, because ids come from clones: std::regex recurses, and a long id would overflow the stack.
struct Pattern::Compiled {
  explicit Compiled(const std::string& text) {
    try {
      regex.assign(text, boost::regex::perl);
    } catch (const boost::regex_error&) {
      throw UsageError(fmt::format("\"{}\" is not a regular expression", printable(text)),
                       "leave re: away for a part of the id");
    }
  }

  /// Ids on which the search takes absurdly long do not match.
  bool found_in(const std::string& id) const {
    try {
      return boost::regex_search(id, regex);
    } catch (const std::runtime_error&) {
      return false;
    }
  }

  boost::regex regex;
};

Pattern::Pattern(const std::string& text, bool exact) : text_(text) {
  excludes_ = take_prefix(text_, "!");
  if (exact) {
    kind_ = Kind::whole;
  } else if (take_prefix(text_, "tag:")) {
    kind_ = Kind::tag;
  } else if (take_prefix(text_, "re:")) {
    kind_ = Kind::expression;
    expression_ = std::make_shared<Compiled>(text_);
  }
  if (text_.empty())
    throw UsageError(fmt::format("the pattern \"{}\" names nothing", printable(text)),
                     "a part of an id, re:EXPRESSION or tag:NAME");
}

bool Pattern::matches(const Test& test) const {
  switch (kind_) {
    case Kind::part:
      return test.id.find(text_) != std::string::npos;
    case Kind::whole:
      return test.id == text_;
    case Kind::expression:
      return expression_->found_in(test.id);
    case Kind::tag:
      return std::find(test.tags.begin(), test.tags.end(), text_) != test.tags.end();
  }
  return false;
}

bool selects(const std::vector<Pattern>& patterns, const Test& test) {
  bool wanted =
      std::all_of(patterns.begin(), patterns.end(), [](const Pattern& each) { return each.excludes(); });
  for (const Pattern& pattern : patterns) {
    if (!pattern.matches(test)) continue;
    if (pattern.excludes()) return false;
    wanted = true;
  }
  return wanted;
}

}  // namespace sharder
