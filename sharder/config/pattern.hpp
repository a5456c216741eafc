// The language that names tests on the command line and in [[override]]: a part of the id, `re:EXPRESSION`,
// `tag:NAME`, a leading `!` for "all but". Pure.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sharder/model/test.hpp"

namespace sharder {

class Pattern {
 public:
  /// With `exact` the text is a whole id, and only `!` is special. Throws UsageError for an expression that
  /// is none.
  explicit Pattern(const std::string& text, bool exact = false);

  /// Whether the test is meant, whatever `!` says.
  bool matches(const Test& test) const;
  bool excludes() const { return excludes_; }

 private:
  enum class Kind { part, whole, expression, tag } kind_ = Kind::part;
  bool excludes_ = false;
  std::string text_;
  struct Compiled;
  std::shared_ptr<const Compiled> expression_;
};

/// Whether a list of patterns selects the test: one that does not exclude matches (or there is none of
/// these), and none that excludes does.
bool selects(const std::vector<Pattern>& patterns, const Test& test);

}  // namespace sharder
