// A list of JSON objects, one a line. Claims: those of check_listing.
#include "sharder/suites/list_formats.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/listing_text.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sharder::ListingBuilder builder;
  sharder::list_json(sharder::fuzz::text_of(data, size), "/project", builder);
  sharder::fuzz::check_listing(builder.finish());
  return 0;
}
