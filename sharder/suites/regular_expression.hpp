// Regular expressions that users and build systems write, matched against text that a clone sent: matching
// neither recurses nor runs for ever, as std::regex would.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sharder {

class RegularExpression {
 public:
  /// Perl (hence ECMAScript) syntax. Throws ConfigError that quotes the expression and says what is wrong
  /// with it.
  explicit RegularExpression(const std::string& expression);

  const std::string& expression() const { return expression_; }
  /// Whether it matches anywhere in `text`; nothing when the search was given up as too costly.
  std::optional<bool> found_in(std::string_view text) const;
  /// The first capture of the first match (the whole match where it captures nothing); nothing where it does
  /// not match.
  std::optional<std::string> first_group(std::string_view text) const;

 private:
  struct Compiled;
  std::string expression_;
  std::shared_ptr<const Compiled> compiled_;
};

/// `text` with every character that means something in a regular expression escaped.
std::string escape_for_regular_expression(std::string_view text);

}  // namespace sharder
