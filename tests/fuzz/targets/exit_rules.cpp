// Expressions of CTest's list, on output that a test wrote: the first line is the expression, the rest the output.
// Claims: those of check_results; one result for a process that exited, none for one that crashed.
#include <nlohmann/json.hpp>

#include "sharder/suites/list_formats.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/result_events.hpp"

namespace {

using nlohmann::json;

/// The test as a listing brings it.
sharder::Test test_with(const std::string& property, std::string_view expression, bool will_fail) {
  const json properties = {{{"name", property}, {"value", {std::string(expression)}}},
                           {{"name", "WILL_FAIL"}, {"value", will_fail}}};
  const json document = {{"tests", {{{"name", "t"}, {"properties", properties}}}}};
  sharder::ListingBuilder builder;
  sharder::list_ctest(document.dump(-1, ' ', false, json::error_handler_t::replace), "/project", builder);
  sharder::Listing listing = builder.finish();
  sharder::fuzz::claim(listing.tests.size() == 1, "not one test");
  return listing.tests.front();
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sharder;
  constexpr const char* properties[] = {"PASS_REGULAR_EXPRESSION", "FAIL_REGULAR_EXPRESSION",
                                        "SKIP_REGULAR_EXPRESSION"};
  const std::string_view input = fuzz::text_of(data, size);
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string_view output = input.substr(std::min(end + 1, input.size()));
  const Test test = test_with(properties[size % 3], input.substr(0, end), size % 2 == 0);
  fuzz::check_results([&] { return make_exit_parser(test, {77}); }, output);
  const auto exited = make_exit_parser(test, {77}), crashed = make_exit_parser(test, {77});
  exited->consume(output), crashed->consume(output);
  fuzz::claim(exited->finish(0).size() == 1, "not one result");
  fuzz::claim(crashed->finish(std::nullopt).empty(), "a result of a crash");
  return 0;
}
