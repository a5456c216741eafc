// A JUnit result file. Claims: those of check_results.
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/result_events.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = sharder::fuzz::text_of(data, size);
  const std::vector<std::string> names{"a.B.c", "tests/test_outcomes.py::test_passes", "B::c", "c"};
  sharder::fuzz::check_results([&] { return sharder::make_junit_parser(names); }, input);
  return 0;
}
