#include "sharder/suites/regular_expression.hpp"

#include "sharder/config/bounded_regex.hpp"
#include "sharder/support/errors.hpp"
#include "sharder/support/text.hpp"

namespace sharder {

struct RegularExpression::Compiled {
  boost::regex regex;
};

RegularExpression::RegularExpression(const std::string& expression) : expression_(expression) {
  try {
    compiled_ = std::make_shared<Compiled>(Compiled{boost::regex(expression, boost::regex::perl)});
  } catch (const std::runtime_error& error) {
    // Boost adds a drawing of the place after the first sentence; one line is enough.
    std::string why = error.what();
    why = why.substr(0, why.find("  The error occurred"));
    throw ConfigError("regular expression \"" + printable(expression) + "\" is not valid: " + why);
  }
}

std::optional<bool> RegularExpression::found_in(std::string_view text) const {
  try {
    return boost::regex_search(text.begin(), text.end(), compiled_->regex);
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

std::optional<std::string> RegularExpression::first_group(std::string_view text) const {
  boost::match_results<std::string_view::const_iterator> match;
  try {
    if (!boost::regex_search(text.begin(), text.end(), match, compiled_->regex)) return std::nullopt;
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
  return match.size() > 1 ? match[1].str() : match[0].str();
}

std::string escape_for_regular_expression(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view(".^$|()[]{}*+?\\").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace sharder
