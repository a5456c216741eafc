#include <algorithm>

#include "sharder/suites/line_splitter.hpp"
#include "sharder/suites/list_formats.hpp"

namespace sharder {
namespace {

/// The line without the comments that GoogleTest adds to typed and parametrised names.
std::string_view without_comment(std::string_view line) {
  const std::size_t type = line.find("  # TypeParam = ");
  const std::size_t value = line.find("  # GetParam() = ");
  return line.substr(0, std::min(type, value));
}

/// A suite or a test is disabled when its name begins so, behind the prefix of an instantiation if there is
/// one.
bool is_disabled(std::string_view name) {
  return name.starts_with("DISABLED_") || name.find("/DISABLED_") != std::string_view::npos;
}

}  // namespace

void list_gtest(std::string_view output, bool disabled_too, ListingBuilder& listing) {
  std::string suite;
  for_each_line(output, [&](std::string_view whole_line) {
    const std::string_view line = without_comment(whole_line);
    if (!line.starts_with("  ")) {
      // Programs greet on standard output ("Running main() from ..."): only what ends in a dot opens a suite.
      suite = line.ends_with('.') ? std::string(line) : std::string{};
    } else if (!suite.empty() && line.size() > 2) {
      Test test;
      test.name = suite + std::string(line.substr(2));
      test.disabled = !disabled_too && (is_disabled(suite) || is_disabled(line.substr(2)));
      listing.add(std::move(test));
    }
  });
}

}  // namespace sharder
