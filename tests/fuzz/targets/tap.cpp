// TAP, read as one test with cases and as one test a line. Claims: those of check_results.
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/result_events.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = sharder::fuzz::text_of(data, size);
  sharder::fuzz::check_results([] { return sharder::make_tap_parser("t/basic.t"); }, input);
  sharder::fuzz::check_results([] { return sharder::make_tap_parser(""); }, input);
  return 0;
}
