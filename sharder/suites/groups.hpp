// Which tests belong together: what `group_by` of a suite makes of a test's name.
#pragma once

#include <memory>
#include <string>

#include "sharder/model/test.hpp"

namespace sharder {

/// `group_by` is "" (no group), "file", "class" or "re:GROUP" (the expression's first capture, else its whole
/// match). A name that has no such part gets no group. Throws ConfigError for anything else and for a bad
/// expression.
class Grouping {
 public:
  explicit Grouping(const std::string& group_by);
  /// Fills in the group of a test that has none of its own.
  void apply(Test& test) const;

 private:
  enum class Kind { none, file, class_of_tests, expression };
  Kind kind_ = Kind::none;
  std::shared_ptr<const class RegularExpression> expression_;
};

}  // namespace sharder
