// What `ctest --show-only=json-v1` prints. Claims: those of check_listing; the expressions of a test can be refused
// or matched, nothing else.
#include "sharder/suites/list_formats.hpp"
#include "sharder/suites/regular_expression.hpp"
#include "sharder/support/errors.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/listing_text.hpp"

namespace {

void compile(const std::vector<std::string>& expressions) {
  for (const std::string& expression : expressions) {
    try {
      sharder::RegularExpression(expression).found_in("PASS\nwith {braces} and [brackets]\n");
    } catch (const sharder::ConfigError&) {
    }
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sharder::ListingBuilder builder;
  sharder::list_ctest(sharder::fuzz::text_of(data, size), "/project", builder);
  const sharder::Listing listing = builder.finish();
  sharder::fuzz::check_listing(listing);
  for (const sharder::Test& test : listing.tests) {
    compile(test.exit_rules.pass_expressions);
    compile(test.exit_rules.fail_expressions);
    compile(test.exit_rules.skip_expressions);
  }
  return 0;
}
