// Lists of lines: ids, and GoogleTest's. Claims: those of check_listing; ids that were listed, listed again, are the
// same; no line is taken for two tests.
#include <algorithm>

#include "sharder/suites/list_formats.hpp"
#include "sharder/support/text.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/listing_text.hpp"

namespace sharder::fuzz {
namespace {

Listing listed_ids(std::string_view text) {
  ListingBuilder builder;
  list_ids(text, builder);
  return builder.finish();
}

void check_ids(std::string_view input) {
  const Listing listing = listed_ids(input);
  check_listing(listing);
  std::string lines;
  for (const Test& test : listing.tests) lines += test.name + "\n";
  const Listing again = listed_ids(lines);
  // "id\r\r\n" loses one carriage return each time.
  if (input.find('\r') != std::string_view::npos) return;
  claim(again.problems.empty() && again.tests.size() == listing.tests.size(), "ids are not stable", lines);
}

void check_gtest(std::string_view input) {
  ListingBuilder builder;
  list_gtest(input, random_of(input)() % 2 == 0, builder);
  const Listing listing = builder.finish();
  check_listing(listing);
  const auto lines = static_cast<std::size_t>(std::count(input.begin(), input.end(), '\n')) + 1;
  claim(listing.tests.size() <= lines, "more tests than lines");
}

}  // namespace
}  // namespace sharder::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = sharder::fuzz::text_of(data, size);
  sharder::fuzz::check_ids(input);
  sharder::fuzz::check_gtest(input);
  return 0;
}
